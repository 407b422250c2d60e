import { expect, test } from 'vitest';
import type { Recipe, Slice } from '../../recipe/recipe.ts';
import { sliceOf } from '../../recipe/slices.ts';
import { mergeRun, writtenTensor } from '../../testing/merge-run.ts';
import { f32 } from '../../testing/model-file.ts';
import { run } from './run.ts';

/** Layers that say whose they are: 10, 11 … of a model with 10. */
const model = (first: number, layers: number) => ({
  'model.embed_tokens.weight': f32([2], [first + 0.25]),
  ...Object.fromEntries(
    Array.from({ length: layers }, (_, i) => [`model.layers.${i}.w`, f32([2], [first + i])]),
  ),
  'model.norm.weight': f32([2], [first + 0.75]),
});
const models = { a: model(10, 4), b: model(20, 3) };

async function written(recipe: Partial<Recipe>, of: object = models) {
  const { plan, options } = await mergeRun({ models: of as typeof models, recipe });
  const all = options();
  const result = await run(plan, all);
  expect(result.verify.ok).toBe(true);
  const value = (name: string) =>
    new Float32Array(writtenTensor(plan, all.sink, name).slice().buffer)[0];
  const layers = plan.jobs.flatMap(
    ({ tensor }) => /^model\.layers\.(\d+)\.w$/.exec(tensor)?.[1] ?? [],
  );
  return {
    embedding: value('model.embed_tokens.weight'),
    layers: layers
      .map(Number)
      .sort((x, y) => x - y)
      .map((i) => value(`model.layers.${i}.w`)),
    norm: value('model.norm.weight'),
    reports: result.tensors,
  };
}

test('a frankenmerge holds the bytes of its layers in their new order', async () => {
  const slices = [sliceOf('1', 'a', 0, 3), sliceOf('2', 'b', 1, 2), sliceOf('3', 'a', 1, 4)];
  const { reports, ...found } = await written({ method: 'passthrough', slices });
  expect(found).toEqual({ embedding: 10.25, layers: [10, 11, 12, 21, 11, 12, 13], norm: 10.75 });
  expect(reports.map(({ backend }) => backend)).toEqual(reports.map(() => 'copy'));
});

test('a scale of one slice is of that slice alone', async () => {
  const scaled: Slice = {
    ...sliceOf('2', 'b', 0, 3),
    sources: [{ model: 'b', from: 0, to: 3, values: { scale: 0.5 } }],
  };
  const { reports: _, ...found } = await written({
    method: 'passthrough',
    slices: [sliceOf('1', 'a', 0, 1), scaled],
  });
  expect(found).toEqual({ embedding: 10.25, layers: [10, 10, 10.5, 11], norm: 10.375 });
});

test('one slice is merged by the recipe, another by a method of its own', async () => {
  const base = model(0, 4);
  const task: Slice = {
    ...sliceOf('1', 'base', 0, 2),
    sources: [
      { model: 'base', from: 0, to: 2, values: {} },
      { model: 'a', from: 2, to: 4, values: { weight: 0.5 } },
    ],
  };
  const mean: Slice = {
    ...sliceOf('2', 'a', 0, 1),
    sources: [
      { model: 'a', from: 0, to: 1, values: {} },
      { model: 'b', from: 2, to: 3, values: { weight: 3 } },
    ],
    method: 'linear',
  };
  const { reports: _, ...found } = await written(
    { method: 'task_arithmetic', values: { lambda: 1 }, slices: [task, mean] },
    { base, ...models },
  );
  // 0 + 0.5 · (12 − 0) and 1 + 0.5 · (13 − 1); then (10 + 3 · 22) / 4.
  expect(found).toEqual({ embedding: 5.25, layers: [6, 7, 19], norm: (10.75 + 3 * 20.75) / 4 });
});
