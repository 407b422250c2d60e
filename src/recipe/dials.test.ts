import { expect, test } from 'vitest';
import { emptyRecipe } from './defaults.ts';
import { dialsOf, dialValue, reachOf, steppedTo, sweepOf, turnedTo } from './dials.ts';
import type { Recipe } from './recipe.ts';

const expert = (id: string, values = {}) => ({
  model: { id, name: `The ${id}`, origin: 'local', bytes: 1 } as const,
  values,
});
const ties: Recipe = {
  ...emptyRecipe(),
  method: 'ties',
  experts: [expert('one', { weight: 0.5 }), expert('two')],
};
const dial = (id: string, recipe = ties) => dialsOf(recipe).find((each) => each.id === id)!;

test('every number of a method has a dial, of the whole merge, of all experts and of each', () => {
  expect(dialsOf(ties).map(({ label }) => label)).toEqual([
    ...['λ', 'weight of all models', 'density of all models'],
    ...['weight of The one', 'weight of The two', 'density of The one', 'density of The two'],
  ]);
  const one = { ...ties, method: 'slerp', experts: ties.experts.slice(0, 1) };
  expect(dialsOf(one).map(({ id }) => id)).toEqual(['t']);
  expect(dialsOf({ ...ties, method: 'none' })).toEqual([]);
});

test('a dial tells the value that holds, and none where experts differ', () => {
  expect(dialValue(ties, dial('lambda'))).toBe(1);
  expect(dialValue(ties, dial('weight of one'))).toBe(0.5);
  expect(dialValue(ties, dial('weight of all'))).toBe(null);
  expect(dialValue(ties, dial('density of all'))).toBe(0.2);
});

test('turning a dial changes its value and no other', () => {
  expect(turnedTo(ties, dial('lambda'), 0.3)).toEqual({ ...ties, values: { lambda: 0.3 } });
  const values = (id: string, value: number) =>
    turnedTo(ties, dial(id), value).experts.map((each) => each.values);
  expect(values('weight of two', 2)).toEqual([{ weight: 0.5 }, { weight: 2 }]);
  expect(values('density of all', 0.7)).toEqual([{ weight: 0.5, density: 0.7 }, { density: 0.7 }]);
});

test('a sweep goes over sensible values in equal steps, as far as the present one', () => {
  const lambda = dial('lambda');
  expect(sweepOf(lambda, reachOf(lambda, 1), 11)).toEqual([
    ...[0, 0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2],
  ]);
  expect(reachOf(lambda, 3)).toEqual([0, 3]);
  expect(reachOf(lambda, -1)).toEqual([-1, 2]);
  const whole = { ...lambda, param: { ...lambda.param, integer: true } as const };
  expect(sweepOf(whole, [1, 4], 11)).toEqual([1, 2, 3, 4]);
});

test('a value is taken to the nearest step within the limits', () => {
  expect(steppedTo(dial('lambda'), 0.30000004)).toBe(0.3);
  expect(steppedTo(dial('density of one'), -0.2)).toBe(0);
});
