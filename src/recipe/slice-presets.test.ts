import { expect, test } from 'vitest';
import { modelRef } from '../testing/recipes.ts';
import { emptyRecipe } from './defaults.ts';
import { asTheyAre, repeatedMiddle, stackedHalves } from './slice-presets.ts';

const [base, a, b] = ['base', 'a', 'b'].map(modelRef);
const recipe = {
  ...emptyRecipe(),
  base,
  experts: [a, b].map((model) => ({ model, values: { weight: 0.5 } })),
};
const ranges = ({ slices }: ReturnType<typeof asTheyAre>) =>
  slices?.map(({ sources }) => sources.map(({ model, from, to }) => [model, from, to]));

test('the middle of a model is repeated as in SOLAR: 0 to 23, then 8 to 31 of 32', () => {
  const made = repeatedMiddle(recipe, { model: a, depth: 32 });
  expect(made.method).toBe('passthrough');
  expect(ranges(made)).toEqual([[['a', 0, 24]], [['a', 8, 32]]]);
  expect(ranges(repeatedMiddle(recipe, { model: a, depth: 2 }))).toEqual([
    [['a', 0, 2]],
    [['a', 0, 2]],
  ]);
});

test('halves of two models are stacked, each by its own depth', () => {
  const made = stackedHalves(recipe, { model: a, depth: 5 }, { model: b, depth: 8 });
  expect(ranges(made)).toEqual([[['a', 0, 3]], [['b', 4, 8]]]);
});

test('the models as they are make one slice, with the base where it counts', () => {
  expect(ranges(asTheyAre(recipe, 6, true))).toEqual([
    [
      ['base', 0, 6],
      ['a', 0, 6],
      ['b', 0, 6],
    ],
  ]);
  expect(ranges(asTheyAre(recipe, 6, false))).toEqual([
    [
      ['a', 0, 6],
      ['b', 0, 6],
    ],
  ]);
  expect(asTheyAre(recipe, 6, false).method).toBe('task_arithmetic');
});
