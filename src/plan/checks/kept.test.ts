import { expect, test } from 'vitest';
import type { Keep, Recipe } from '../../recipe/recipe.ts';
import { headerModel, placeIn } from '../../testing/model.ts';
import { findingOf, findingsOf, jobOf, planned, recipeOf } from '../../testing/planning.ts';

const conv = 'model.diffusion_model.input_blocks.0.0.weight';
const rest = {
  'model.diffusion_model.out.2.weight': ['F16', [4, 32, 3, 3]],
  'model.diffusion_model.mid.weight': ['F16', [32, 32]],
} as const;
const base = headerModel('base', { [conv]: ['F16', [32, 4, 3, 3]], ...rest });
const inpainting = headerModel('inpainting', { [conv]: ['F16', [32, 9, 3, 3]], ...rest });
const photo = headerModel('photo', { [conv]: ['F16', [32, 4, 3, 3]], ...rest });
const models = [base, inpainting, photo];

const keepsOf = (...keeps: Omit<Keep, 'id'>[]): Partial<Recipe> => ({
  keeps: keeps.map((keep, k) => ({ ...keep, id: `k${k}` })),
});
const name: Keep['filter'] = { kind: 'name', name: conv };

test('an odd tensor is an error that offers to keep it as in the base or in the other model', () => {
  const finding = findingOf(recipeOf(base, [inpainting, photo]), models, 'shape-mismatch');
  expect(finding.severity).toBe('error');
  expect(finding.message).toBe(
    `${conv} has shape [32, 9, 3, 3] in inpainting; base has [32, 4, 3, 3].`,
  );
  expect(finding.fixes).toEqual([
    {
      kind: 'keep',
      label: 'Keep it as in base',
      keep: { filter: name, from: { kind: 'base' } },
    },
    {
      kind: 'keep',
      label: 'Keep it as in inpainting',
      keep: { filter: name, from: { kind: 'model', model: 'inpainting' } },
    },
  ]);
});

test('kept as in the base it is copied, and everything else is merged', () => {
  const recipe = recipeOf(
    base,
    [inpainting, photo],
    keepsOf({ filter: name, from: { kind: 'base' } }),
  );
  const plan = planned(recipe, models);
  const { begin, end } = placeIn(base, conv);
  expect(jobOf(plan, conv)).toMatchObject({
    shape: [32, 4, 3, 3],
    parts: [{ kind: 'copy', span: { model: 'base', begin, end } }],
  });
  const others = plan.jobs.filter(({ tensor }) => tensor !== conv);
  expect(others.map(({ parts }) => parts.map(({ kind }) => kind))).toEqual([['merge'], ['merge']]);
  expect(findingOf(recipe, models, 'kept')).toMatchObject({
    severity: 'note',
    message: `Kept as in base, by your rules: 1 tensor of 1,152 elements (${conv}).`,
  });
});

test('kept as in another model it has that model’s shape and bytes, and config.json is doubted', () => {
  const from = { kind: 'model', model: 'inpainting' } as const;
  const recipe = recipeOf(base, [inpainting, photo], keepsOf({ filter: name, from }));
  const { begin, end } = placeIn(inpainting, conv);
  expect(jobOf(planned(recipe, models), conv)).toMatchObject({
    shape: [32, 9, 3, 3],
    byteLength: 32 * 9 * 9 * 2,
    parts: [{ kind: 'copy', span: { model: 'inpainting', begin, end } }],
    original: null,
  });
  expect(findingOf(recipe, models, 'kept-shape')).toMatchObject({
    severity: 'warning',
    message: `The output has ${conv} of shape [32, 9, 3, 3] as inpainting has it, not [32, 4, 3, 3] as in base.`,
    advice: expect.stringContaining('config.json of base'),
  });
  const donated = { ...recipe, donors: { config: 'photo' } };
  expect(findingOf(donated, models, 'kept-shape').advice).toContain('config.json of photo');
});

test('a tensor that would fit can be kept too: it is frozen', () => {
  const filter = { kind: 'contains', text: 'out.2' } as const;
  const recipe = recipeOf(base, [photo], keepsOf({ filter, from: { kind: 'base' } }));
  const plan = planned(recipe, models);
  expect(jobOf(plan, 'model.diffusion_model.out.2.weight').parts[0].kind).toBe('copy');
  expect(jobOf(plan, conv).parts[0].kind).toBe('merge');
});

test('several odd tensors are offered as one rule for whatever does not fit', () => {
  const odd = headerModel('odd', {
    [conv]: ['F16', [32, 9, 3, 3]],
    'model.diffusion_model.out.2.weight': ['F16', [8, 32, 3, 3]],
    'model.diffusion_model.mid.weight': ['F16', [32, 32]],
  });
  const all = [base, odd];
  const [fix] = findingOf(recipeOf(base, [odd]), all, 'shape-mismatch').fixes!;
  expect(fix).toMatchObject({
    label: 'Keep all 2 as in base',
    keep: { filter: { kind: 'misfit' } },
  });
  const plan = planned(
    recipeOf(base, [odd], keepsOf({ filter: { kind: 'misfit' }, from: { kind: 'base' } })),
    all,
  );
  expect(plan.jobs.map(({ parts: [part] }) => part.kind).toSorted()).toEqual([
    'copy',
    'copy',
    'merge',
  ]);
});

test('the first rule decides: one that refuses stops a later one that keeps', () => {
  const recipe = recipeOf(
    base,
    [inpainting],
    keepsOf(
      { filter: name, from: { kind: 'refuse' } },
      { filter: { kind: 'misfit' }, from: { kind: 'base' } },
    ),
  );
  expect(findingOf(recipe, models, 'shape-mismatch').severity).toBe('error');
});

test('floats kept from another model take the dtype that the base has there', () => {
  const wide = headerModel('wide', { [conv]: ['F32', [32, 9, 3, 3]], ...rest });
  const from = { kind: 'model', model: 'wide' } as const;
  const recipe = recipeOf(base, [wide], keepsOf({ filter: name, from }));
  expect(jobOf(planned(recipe, [base, wide]), conv)).toMatchObject({
    dtype: 'F16',
    parts: [{ kind: 'cast', elementCount: 32 * 9 * 9 }],
  });
});

test('integers in the place of floats are kept as they are, byte by byte', () => {
  const codes = headerModel('codes', { [conv]: ['I64', [3]], ...rest });
  const from = { kind: 'model', model: 'codes' } as const;
  const recipe = recipeOf(base, [codes], keepsOf({ filter: name, from }));
  expect(jobOf(planned(recipe, [base, codes]), conv)).toMatchObject({
    dtype: 'I64',
    shape: [3],
    byteLength: 24,
    parts: [{ kind: 'copy' }],
  });
  const offered = findingOf(recipeOf(base, [codes]), [base, codes], 'dtype-mismatch').fixes;
  expect(offered).toMatchObject([
    { label: 'Keep it as in base' },
    { label: 'Keep it as in codes' },
  ]);
});

test('keeping what a model lacks is an error that names both', () => {
  const bare = headerModel('bare', rest);
  const from = { kind: 'model', model: 'bare' } as const;
  const recipe = recipeOf(base, [bare], keepsOf({ filter: name, from }));
  expect(findingOf(recipe, [base, bare], 'kept-missing')).toMatchObject({
    severity: 'error',
    message: `A rule keeps 1 tensor (${conv}) as in bare, which lacks it.`,
    fixes: [{ kind: 'remove-keep', keep: 'k0' }],
  });
});

test('keeping the tensors of a model that takes no part is an error', () => {
  const from = { kind: 'model', model: 'photo' } as const;
  const recipe = recipeOf(base, [inpainting], keepsOf({ filter: name, from }));
  expect(findingOf(recipe, [base, inpainting], 'kept-missing').message).toContain(
    'keeps tensors of a model that is not part of this merge',
  );
});

test('a rule that keeps nothing is said, one that keeps or refuses something is not', () => {
  const idle = keepsOf({ filter: { kind: 'name', name: 'nowhere' }, from: { kind: 'base' } });
  expect(findingOf(recipeOf(base, [photo], idle), models, 'rule-matches-nothing')).toMatchObject({
    severity: 'warning',
    fixes: [{ kind: 'remove-keep', keep: 'k0' }],
  });
  const busy = keepsOf({ filter: name, from: { kind: 'refuse' } });
  const codes = findingsOf(recipeOf(base, [photo], busy), models).map(({ code }) => code);
  expect(codes).toEqual([]);
});

test('the card names what was kept and from whom', () => {
  const from = { kind: 'model', model: 'inpainting' } as const;
  const plan = planned(recipeOf(base, [inpainting], keepsOf({ filter: name, from })), models);
  const card = plan.sideFiles.find((file) => file.name === 'README.md')!;
  expect('text' in card && card.text).toContain(
    '- model.diffusion\\_model.input\\_blocks.0.0.weight: kept as in inpainting',
  );
});
