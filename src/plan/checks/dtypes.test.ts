import { expect, test } from 'vitest';
import type { Dtype } from '../../numerics/dtype.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { OutputOptions } from '../../recipe/recipe.ts';
import { headerModel } from '../../testing/model.ts';
import { findingOf, findingsOf, recipeOf } from '../../testing/planning.ts';

const of = (id: string, dtype: Dtype) => headerModel(id, { 'a.weight': [dtype, [2]] });

function codes(base: Dtype, expert: Dtype, dtype: OutputOptions['dtype']) {
  const [a, b] = [of('a', base), of('b', expert)];
  const recipe = recipeOf(a, [b], {
    output: { ...emptyRecipe().output, dtype },
  });
  return findingsOf(recipe, [a, b]).map(({ code }) => code);
}

test('another dtype in an expert is a note that names both', () => {
  const [a, b] = [of('a', 'F32'), of('b', 'BF16')];
  expect(findingOf(recipeOf(a, [b]), [a, b], 'mixed-dtypes')).toMatchObject({
    severity: 'note',
    place: { model: 'b' },
    tensors: ['a.weight'],
    message: expect.stringContaining('a.weight is BF16, not F32'),
  });
});

test('F16 output of wider inputs is a note with its largest value', () => {
  const [a, b] = [of('a', 'BF16'), of('b', 'BF16')];
  const recipe = recipeOf(a, [b], {
    output: { ...emptyRecipe().output, dtype: 'F16' },
  });
  expect(findingOf(recipe, [a, b], 'may-saturate')).toMatchObject({
    severity: 'note',
    tensors: ['a.weight'],
    message: expect.stringContaining('Read as BF16, written as F16, whose largest value is 65,504'),
  });
});

test.each([
  ['F32', 'F32', 'BF16', []],
  ['BF16', 'BF16', 'F32', []],
  ['F16', 'F16', 'F16', []],
  ['F16', 'BF16', 'base', ['mixed-dtypes', 'may-saturate']],
  ['BF16', 'F16', 'base', ['mixed-dtypes']],
  ['F8_E4M3', 'F8_E4M3', 'base', []],
  ['F8_E4M3', 'F8_E5M2', 'base', ['mixed-dtypes', 'may-saturate']],
  ['F64', 'F64', 'F32', ['may-saturate']],
] as const)('base %s, expert %s, output %s: %j', (base, expert, output, expected) => {
  expect(codes(base, expert, output)).toEqual(expected);
});

test('where dtypes differ, steps are f32 in a dialect that rounds them', () => {
  const [a, b] = [of('a', 'BF16'), of('b', 'F16')];
  const recipe = recipeOf(a, [b], { dialect: 'mergekit' });
  expect(findingOf(recipe, [a, b], 'mixed-dtypes').message).toContain('steps are f32 there.');
  const rounded = { ...recipe, inputDtype: 'BF16' } as const;
  expect(findingOf(rounded, [a, b], 'mixed-dtypes').message).toContain('rounded to BF16 first.');
});

test('inputs rounded to F16 may become infinite, and nothing is left to saturate', () => {
  const [a, b] = [of('a', 'F32'), of('b', 'F32')];
  const output = { ...emptyRecipe().output, dtype: 'F16' } as const;
  const findings = findingsOf(recipeOf(a, [b], { inputDtype: 'F16', output }), [a, b]);
  expect(findings.map(({ code }) => code)).toEqual(['may-overflow']);
  expect(findings[0].message).toContain('Stored as F32, rounded to F16 before the merge, whose');
  expect(findingsOf(recipeOf(a, [b], { inputDtype: 'BF16', output }), [a, b])).toMatchObject([
    { code: 'may-saturate', message: expect.stringContaining('Read as BF16, written as F16') },
  ]);
});
