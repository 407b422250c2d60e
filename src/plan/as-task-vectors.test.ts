import { expect, test } from 'vitest';
import { sliceOf } from '../recipe/slices.ts';
import { headerModel } from '../testing/model.ts';
import { planned, recipeOf } from '../testing/planning.ts';
import { asTaskVectors } from './as-task-vectors.ts';

const model = (id: string) =>
  headerModel(
    id,
    Object.fromEntries([0, 1, 2].map((i) => [`model.layers.${i}.w`, ['F32', [2]]] as const)),
  );
const [base, a, b] = ['base', 'a', 'b'].map(model);

test('slices of a method without a base are seen beside the base’s layers of the same numbers', () => {
  const both = {
    ...sliceOf('1', 'a', 1, 3),
    sources: ['a', 'b'].map((id, k) => ({
      ...{ model: id, from: 1 - k, to: 3 - k },
      values: { weight: k + 1 },
    })),
    values: { normalize: false },
  };
  const recipe = recipeOf(base, [a, b], { method: 'linear', slices: [both] });
  const seen = asTaskVectors(recipe);
  expect(seen.slices).toEqual([
    {
      ...both,
      sources: [{ model: 'base', from: 1, to: 3, values: {} }, ...both.sources],
      values: {},
    },
  ]);
  const { jobs } = planned(seen, [base, a, b]);
  expect(jobs.map(({ tensor }) => tensor)).toEqual(['model.layers.0.w', 'model.layers.1.w']);
  expect(jobs[0].parts).toMatchObject([
    { base: { model: 'base' }, perModel: [{ weight: 1 }, { weight: 2 }] },
  ]);
});

test('slices with a method of their own stay as they are', () => {
  const own = { ...sliceOf('1', 'a', 0, 3), method: 'passthrough' };
  const recipe = recipeOf(base, [a, b], { method: 'linear', slices: [own] });
  expect(asTaskVectors(recipe).slices).toEqual([own]);
});
