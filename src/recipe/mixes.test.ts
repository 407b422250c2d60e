import { expect, test } from 'vitest';
import { emptyRecipe } from './defaults.ts';
import { gridOfMixes, mixAt, mixed, placeOfMix, triangleOf } from './mixes.ts';
import type { Recipe } from './recipe.ts';

const recipe = (...weights: readonly number[]): Recipe => ({
  ...emptyRecipe(),
  experts: weights.map((weight, k) => ({
    model: { id: `${k}`, name: `${k}`, origin: 'local', bytes: 1 },
    values: { weight },
  })),
});
const weightsOf = ({ experts }: Recipe) => experts.map(({ values }) => values['weight']);

test('three weights are shares of their sum, which stays', () => {
  const triangle = triangleOf(recipe(1, 2, 1))!;
  expect([triangle.total, triangle.present]).toEqual([4, [0.25, 0.5, 0.25]]);
  expect(weightsOf(mixed(recipe(1, 2, 1), triangle, [0.5, 0, 0.5]))).toEqual([2, 0, 2]);
});

test('there is none for other than three, nor for weights that sum to nothing', () => {
  expect(triangleOf(recipe(1, 1))).toBe(null);
  expect(triangleOf(recipe(1, -1, 0))).toBe(null);
  expect(triangleOf({ ...recipe(1, 1, 1), method: 'slerp' })).toBe(null);
  expect(triangleOf(recipe(2, -0.5, 1))?.present).toBe(null);
});

test('the grid has every corner, and each place leads back to its mix', () => {
  const grid = gridOfMixes(4);
  expect(grid.length).toBe(15);
  for (const corner of [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]) {
    expect(grid).toContainEqual(corner);
  }
  for (const mix of grid) {
    const back = mixAt(...placeOfMix(mix));
    mix.forEach((share, k) => {
      expect(back[k]).toBeCloseTo(share, 12);
    });
  }
  expect(mixAt(0.5, -1)).toEqual([1, 0, 0]);
  expect(mixAt(-1, 1)).toEqual([0, 1, 0]);
});
