import { expect, test } from 'vitest';
import { grid } from '../../evaluate/search/sweep.ts';
import { all, dial, recipe, signal } from '../../testing/searching.ts';
import { cellsOf, goodnessOf, leastOf, meanOfAll } from './grid-cells.ts';

const sweeps = [
  { dial: dial('lambda'), values: [0, 1, 2] },
  { dial: dial('weight of A'), values: [5, 6] },
] as const;

test('cells stand as in a plot, and tell the mean or one task', async () => {
  const { steps } = await all(
    grid(recipe, sweeps, {
      signal,
      evaluate: async ({ values: { λ, 'weight of A': weight } }) => {
        return { objective: 10 * weight + λ, scores: { sort: -λ } };
      },
    }),
  );
  const whole = cellsOf({ steps }, sweeps, meanOfAll);
  expect(whole.map(({ loss }) => loss)).toEqual([60, 61, 62, 50, 51, 52]);
  expect(leastOf(whole)).toEqual({ x: 0, y: 5, loss: 50 });
  const [first, ...rest] = cellsOf({ steps: steps.slice(0, 1) }, sweeps, 'sort');
  expect([first.loss, ...rest.map(({ loss }) => loss)]).toEqual([null, null, null, -0, null, null]);
});

test('the scale ends where nine of ten lie, and a cell without a number is never the best', () => {
  const cells = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 900].map((loss) => ({ x: 0, y: 0, loss }));
  const good = goodnessOf(cells);
  expect([good(1), good(5.5), good(10), good(900)]).toEqual([1, 0.5, 0, 0]);
  expect(goodnessOf(cells.slice(0, 1))(1)).toBe(1);
  expect(leastOf([{ x: 0, y: 0, loss: Number.NaN }])).toBeNull();
});
