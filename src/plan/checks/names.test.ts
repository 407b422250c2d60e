import { describe, expect, test } from 'vitest';
import type { Rename } from '../../recipe/recipe.ts';
import { type HeaderTensor, headerModel, placeIn } from '../../testing/model.ts';
import { findingOf, findingsOf, jobOf, planned, recipeOf } from '../../testing/planning.ts';

const tensors = {
  'model.embed_tokens.weight': ['BF16', [16, 4]],
  'model.layers.0.mlp.up_proj.weight': ['BF16', [8, 4]],
  'model.layers.1.mlp.up_proj.weight': ['BF16', [8, 4]],
  'model.norm.weight': ['BF16', [4]],
} as const;
const compiled = Object.fromEntries(
  Object.entries(tensors).map(([name, tensor]) => [`_orig_mod.${name}`, tensor]),
);
const base = headerModel('base', tensors);
const expert = headerModel('expert', compiled);
const both = [base, expert];
const rename = (from: string, to: string, model = 'expert'): Rename => ({
  id: from,
  model,
  from,
  to,
});

describe('an expert whose names have a prefix', () => {
  test('is an error that shows the mapping and offers it', () => {
    const finding = findingOf(recipeOf(base, [expert]), both, 'names-differ');
    expect(finding).toMatchObject({
      severity: 'error',
      message:
        'expert and base call the same tensors otherwise: renamed by “_orig_mod.*” → “*”, 4 more tensors would meet, 100 % of the elements of base.',
      fixes: [
        {
          kind: 'rename',
          label: 'Rename 4 tensors',
          renames: [{ from: '_orig_mod.*', to: '*', model: 'expert' }],
        },
      ],
    });
    expect(finding.tensors).toContain('_orig_mod.model.norm.weight → model.norm.weight');
    const codes = findingsOf(recipeOf(base, [expert]), both).map(({ code }) => code);
    expect(codes).not.toContain('no-common-tensors');
  });

  test('merges completely under the rename, into the names of the base', () => {
    const recipe = recipeOf(base, [expert], { renames: [rename('_orig_mod.*', '*')] });
    const plan = planned(recipe, both);
    expect(plan.jobs.map(({ tensor }) => tensor)).toEqual(Object.keys(tensors));
    const { begin, end } = placeIn(expert, '_orig_mod.model.norm.weight');
    expect(jobOf(plan, 'model.norm.weight').parts).toMatchObject([
      { kind: 'merge', planes: [{ model: 'expert', begin, end }] },
    ]);
    expect(findingsOf(recipe, both).map(({ code }) => code)).toEqual(['renamed']);
    const card = plan.sideFiles.find(({ name }) => name === 'README.md')!;
    expect('text' in card && card.text).toContain('- \\_orig\\_mod.\\* → \\*, in expert');
  });

  test('that others share only in part is a warning beside what is missing', () => {
    const mixed = headerModel('mixed', {
      ...compiled,
      'model.norm.weight': ['BF16', [4]],
    });
    const half = headerModel('half', {
      'model.embed_tokens.weight': ['BF16', [16, 4]],
      'model.norm.weight': ['BF16', [4]],
      '_orig_mod.model.layers.0.mlp.up_proj.weight': ['BF16', [8, 4]],
      '_orig_mod.model.layers.1.mlp.up_proj.weight': ['BF16', [8, 4]],
    });
    const finding = findingOf(recipeOf(base, [half]), [base, half], 'names-differ');
    expect(finding.severity).toBe('warning');
    expect(finding.message).toContain('2 more tensors would meet, 48.5 % of the elements');
    // The norm is there under both names: nothing that meets is renamed, nothing is guessed.
    const codes = findingsOf(recipeOf(base, [mixed]), [base, mixed]).map(({ code }) => code);
    expect(codes).not.toContain('no-common-tensors');
  });
});

test('two sources for one name are an error', () => {
  const twice = headerModel('expert', { ...compiled, 'model.norm.weight': ['BF16', [4]] });
  const recipe = recipeOf(base, [twice], { renames: [rename('_orig_mod.*', '*')] });
  expect(findingOf(recipe, [base, twice], 'name-twice')).toMatchObject({
    severity: 'error',
    message:
      'expert: both _orig_mod.model.norm.weight and model.norm.weight are model.norm.weight under the renames.',
  });
});

test('a rename that cannot be read is an error, one that does nothing a warning', () => {
  const bad = recipeOf(base, [expert], { renames: [rename('a.*', 'b')] });
  expect(findingOf(bad, both, 'rename-misfit')).toMatchObject({
    severity: 'error',
    message: 'The rename of “a.*” to “b” cannot be read: a.* has 1 × *, b has 0.',
    fixes: [{ kind: 'remove-rename', rename: 'a.*' }],
  });
  const idle = [rename('_orig_mod.*', '*'), rename('x.*', '*')];
  const found = findingOf(
    recipeOf(base, [expert], { renames: idle }),
    both,
    'rename-matches-nothing',
  );
  expect(found.message).toContain('The rename of “x.*” matches no tensor of expert');
  const stranger = recipeOf(base, [expert], { renames: [rename('x.*', '*', 'base')] });
  expect(findingOf(stranger, both, 'rename-unknown-model').severity).toBe('warning');
});

test('fused experts that are stored transposed are refused by name', () => {
  const split: Record<string, HeaderTensor> = { 'model.norm.weight': ['BF16', [8]] };
  for (const e of [0, 1]) {
    split[`model.layers.0.mlp.experts.${e}.gate_proj.weight`] = ['BF16', [6, 8]];
    split[`model.layers.0.mlp.experts.${e}.up_proj.weight`] = ['BF16', [6, 8]];
    split[`model.layers.0.mlp.experts.${e}.down_proj.weight`] = ['BF16', [8, 6]];
  }
  const moe = headerModel('moe', split);
  const fused = headerModel('fused', {
    'model.norm.weight': ['BF16', [8]],
    'model.layers.0.mlp.experts.gate_up_proj': ['BF16', [2, 8, 12]],
    'model.layers.0.mlp.experts.down_proj': ['BF16', [2, 6, 8]],
  });
  const finding = findingOf(recipeOf(moe, [fused]), [moe, fused], 'names-unclear');
  expect(finding.severity).toBe('warning');
  expect(finding.message).toContain('model.layers.0.mlp.experts.gate_up_proj [2, 8, 12] and');
  expect(finding.message).toContain(
    'one is stored transposed, which is not undone here. 1 more case',
  );
});

test('what a cut or a join cannot do is an error that names the tensor', () => {
  const fused = headerModel('expert', { ...tensors, 'model.qk.weight': ['BF16', [7, 4]] });
  const wide = headerModel('base', {
    ...tensors,
    'model.q.weight': ['BF16', [4, 4]],
    'model.k.weight': ['BF16', [4, 4]],
  });
  const renames = [rename('*.qk.weight', '*.q.weight + *.k.weight')];
  const finding = findingOf(recipeOf(wide, [fused], { renames }), [wide, fused], 'cannot-divide');
  expect(finding).toMatchObject({
    severity: 'error',
    message:
      'expert: model.qk.weight [7, 4] has 7 rows; the base’s model.q.weight and model.k.weight have 8.',
  });
});

test('what a rename gives a name that the base lacks is left out, and said', () => {
  const more = headerModel('expert', {
    ...compiled,
    '_orig_mod.model.extra.weight': ['BF16', [4]],
  });
  const recipe = recipeOf(base, [more], { renames: [rename('_orig_mod.*', '*')] });
  expect(findingOf(recipe, [base, more], 'extra-tensor')).toMatchObject({
    severity: 'warning',
    tensors: ['model.extra.weight'],
  });
});
