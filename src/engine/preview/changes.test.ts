import { expect, test } from 'vitest';
import type { Recipe } from '../../recipe/recipe.ts';
import { mergeRun } from '../../testing/merge-run.ts';
import { f32, type TestTensor } from '../../testing/model-file.ts';
import { randomNumbers } from '../../testing/samples.ts';
import { type Changes, statsAt } from '../../views/changes.ts';
import { keptAt } from '../../views/magnitudes.ts';
import { Viewer } from './viewer.ts';

type Models = Readonly<Record<string, Readonly<Record<string, TestTensor>>>>;

async function changed(
  models: Models,
  tensor: string | null = null,
  recipe: Partial<Recipe> = { method: 'ties' },
): Promise<Changes> {
  const made = await mergeRun({ models, recipe });
  const viewer = new Viewer(made.library, () => made.plan);
  const found = await viewer.changes(made.order, tensor, new AbortController().signal);
  if (found === null || 'toFetch' in found) throw new Error('nothing was found');
  return found;
}

const q = 'model.layers.0.self_attn.q_proj.weight';
const up = 'model.layers.1.mlp.up_proj.weight';
const embed = 'model.embed_tokens.weight';

/** Δ of ours: 1, 2 and −2, 4 and zeros. Δ of theirs: nothing, and −2, 2 in `up`. */
const models = {
  base: { [embed]: f32([4], [8]), [q]: f32([2], [3, 4]), [up]: f32([2, 2], [1]) },
  ours: { [embed]: f32([4], [8]), [q]: f32([2], [4, 6]), [up]: f32([2, 2], [-1, 5, 1, 1]) },
  theirs: { [embed]: f32([4], [8]), [q]: f32([2], [3, 4]), [up]: f32([2, 2], [-1, 3, 1, 1]) },
};

test('task vectors are told by group and by tensor, whatever is trimmed of them', async () => {
  const found = await changed(models);
  expect([found.elements, found.sampled, found.models]).toEqual([10, 10, ['ours', 'theirs']]);
  expect(found.errors).toEqual({ cosine: 0, length: 0 });
  expect(found.groups.map(({ group, tensors }) => [group, tensors])).toEqual([
    ['embeddings', 1],
    ['attention', 1],
    ['mlp', 1],
  ]);
  expect(found.groups[1].stats).toEqual([
    {
      ...{ nonZero: 1, mean: 1.5, median: 1, most: 2 },
      ...{ norm: Math.sqrt(5), overBase: Math.sqrt(5) / 5 },
    },
    { nonZero: 0, mean: 0, median: 0, most: 0, norm: 0, overBase: 0 },
  ]);
  expect(found.whole[0]).toMatchObject({ nonZero: 0.4, mean: 0.9, most: 4, norm: 5 });
  const at = found.tensors.names.indexOf(up);
  expect(statsAt(found.tensors, 2, at, 1)).toEqual({
    ...{ nonZero: 0.5, mean: 1, median: 0, most: 2 },
    ...{ norm: Math.sqrt(8), overBase: Math.sqrt(8) / 2 },
  });
});

test('angles are those of whole task vectors, by layer and by role', async () => {
  const { angles } = await changed(models);
  expect(angles.whole.norms).toEqual([5, Math.sqrt(8)]);
  // (−2·−2 + 4·2) ÷ (5·√8)
  expect(angles.whole.cosines[1]).toBeCloseTo(12 / (5 * Math.sqrt(8)), 12);
  expect(angles.layers.map(({ name, cosines }) => [name, cosines[1]])).toEqual([
    ['in', null],
    ['0', null],
    ['1', expect.closeTo(12 / (Math.sqrt(20) * Math.sqrt(8)), 12)],
  ]);
  const role = angles.roles.find(({ name }) => name === 'mlp.up_proj')!;
  // Of the three layers only the last has it.
  expect(role.depth.map((cosines) => cosines?.[1] ?? null)).toEqual([null, null, role.cosines[1]]);
  expect(role.cosines[1]).toBeCloseTo(12 / (Math.sqrt(20) * Math.sqrt(8)), 12);
});

test('magnitudes are told of the model, of the tensor that was asked for, and of its layer', async () => {
  const { magnitudes } = await changed(models, up);
  expect([magnitudes.tensor?.name, magnitudes.layer?.name]).toEqual([up, '1']);
  expect(keptAt(magnitudes.tensor!.of[0], 0.25).threshold).toBe(4);
  expect(keptAt(magnitudes.model[0], 0.2).threshold).toBe(2);
  expect((await changed(models, 'nowhere')).magnitudes.tensor).toBe(null);
});

test('of a large tensor a sample stands for the rest', async () => {
  const random = randomNumbers(3);
  const size = 3 * 2 ** 20;
  const noise = () => Array.from({ length: size }, () => random() - 0.5);
  const large = {
    base: { w: f32([size], [0]) },
    ours: { w: f32([size], noise()) },
  };
  const found = await changed(large);
  expect(found.sampled).toBeLessThan(size);
  expect(found.elements).toBeCloseTo(size, 0);
  // Uniform in −½ … ½: Σ Δ² is a twelfth for each, the middle |Δ| a quarter.
  expect(found.whole[0].norm / Math.sqrt(size / 12)).toBeCloseTo(1, 2);
  expect(found.whole[0].median).toBeCloseTo(0.25, 2);
  expect(keptAt(found.magnitudes.model[0], 0.2).threshold).toBeCloseTo(0.4, 2);
});

test('without a base nothing is known to have changed', async () => {
  const { ours, theirs } = models;
  const made = await mergeRun({ models: { ours, theirs }, recipe: { method: 'linear' } });
  const viewer = new Viewer(made.library, () => made.plan);
  expect(await viewer.changes(made.order, null, new AbortController().signal)).toBe(null);
});
