import { expect, test } from 'vitest';
import type { Dtype } from '../../numerics/dtype.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { OutputOptions } from '../../recipe/recipe.ts';
import { headerModel } from '../../testing/model.ts';
import { findingsOf, jobOf, planned, recipeOf } from '../../testing/planning.ts';

const family = (id: string, weights: Dtype, norm: Dtype) =>
  headerModel(id, { 'a.weight': [weights, [64, 4]], 'a.norm.weight': [norm, [4]] });

function widths(models: readonly (readonly [Dtype, Dtype])[], dtype: OutputOptions['dtype']) {
  const [base, ...experts] = models.map(([weights, norm], i) => family(`m${i}`, weights, norm));
  const recipe = recipeOf(base, experts, {
    output: { ...emptyRecipe().output, dtype },
  });
  const all = [base, ...experts];
  const plan = planned(recipe, all);
  const found = plan.findings.filter(({ code }) => code.startsWith('precision'));
  const dtypes = ['a.weight', 'a.norm.weight'].map((name) => jobOf(plan, name).dtype);
  return { dtypes, found };
}

test('a norm that an expert keeps wider is written so, and it is said', () => {
  const { dtypes, found } = widths(
    [
      ['BF16', 'BF16'],
      ['BF16', 'F32'],
    ],
    'base',
  );
  expect(dtypes).toEqual(['BF16', 'F32']);
  expect(found).toMatchObject([
    {
      code: 'precision-kept',
      severity: 'note',
      tensors: ['a.norm.weight'],
      message:
        'Written as F32, as m1 keeps them beside BF16: 1 tensor (a.norm.weight); m0 has them narrower.',
    },
  ]);
});

test('a norm that the base keeps wider stays so with nothing to say', () => {
  const { dtypes, found } = widths(
    [
      ['BF16', 'F32'],
      ['BF16', 'BF16'],
    ],
    'base',
  );
  expect(dtypes).toEqual(['BF16', 'F32']);
  expect(found).toEqual([]);
});

test('an expert that is wider as a whole widens nothing', () => {
  const { dtypes, found } = widths(
    [
      ['BF16', 'BF16'],
      ['F32', 'F32'],
    ],
    'base',
  );
  expect(dtypes).toEqual(['BF16', 'BF16']);
  expect(found).toEqual([]);
});

test('a chosen precision rounds them all, says so and offers the way back', () => {
  const { dtypes, found } = widths(
    [
      ['BF16', 'F32'],
      ['BF16', 'BF16'],
    ],
    'BF16',
  );
  expect(dtypes).toEqual(['BF16', 'BF16']);
  expect(found).toMatchObject([
    {
      code: 'precision-lost',
      severity: 'warning',
      tensors: ['a.norm.weight'],
      message:
        'm0 keeps 1 tensor in F32 beside BF16 (a.norm.weight), as is done for norms and routers on purpose; the chosen BF16 rounds them.',
      fixes: [{ kind: 'set-output-dtype', value: 'base' }],
    },
  ]);
  expect(
    widths(
      [
        ['BF16', 'F32'],
        ['BF16', 'BF16'],
      ],
      'F32',
    ).found,
  ).toEqual([]);
});

test('a kept tensor comes in the width its model keeps it in', () => {
  const [base, expert] = [family('m0', 'BF16', 'BF16'), family('m1', 'BF16', 'F32')];
  const from = { kind: 'model', model: 'm1' } as const;
  const filter = { kind: 'name', name: 'a.norm.weight' } as const;
  const plan = planned(recipeOf(base, [expert], { keeps: [{ id: 'k', filter, from }] }), [
    base,
    expert,
  ]);
  expect(jobOf(plan, 'a.norm.weight')).toMatchObject({
    dtype: 'F32',
    parts: [{ kind: 'copy', span: { model: 'm1' } }],
  });
});

test('inputs rounded before the merge lose it too, and are not written wider for it', () => {
  const models = [family('m0', 'BF16', 'BF16'), family('m1', 'BF16', 'F32')];
  const recipe = recipeOf(models[0], [models[1]], { inputDtype: 'BF16' });
  expect(jobOf(planned(recipe, models), 'a.norm.weight').dtype).toBe('BF16');
  const said = findingsOf(recipe, models).filter(({ code }) => code.startsWith('precision'));
  expect(said).toMatchObject([
    {
      code: 'precision-lost',
      message: expect.stringContaining('the BF16 chosen for inputs rounds them'),
      fixes: [{ kind: 'set-input-dtype' }],
    },
  ]);
  const exact = { ...recipe, inputDtype: 'F32' } as const;
  expect(jobOf(planned(exact, models), 'a.norm.weight').dtype).toBe('F32');
});

test('a wide norm of the base that is read narrower is said, with the way back', () => {
  const models = [family('m0', 'BF16', 'F32'), family('m1', 'BF16', 'BF16')];
  const recipe = recipeOf(models[0], [models[1]], { inputDtype: 'BF16' });
  expect(jobOf(planned(recipe, models), 'a.norm.weight').dtype).toBe('F32');
  const said = findingsOf(recipe, models).filter(({ code }) => code.startsWith('precision'));
  expect(said).toMatchObject([
    {
      code: 'precision-lost',
      message: expect.stringContaining('the BF16 chosen for inputs rounds them'),
      fixes: [{ kind: 'set-input-dtype', value: 'stored' }],
    },
  ]);
});
