import { expect, test } from 'vitest';
import { all, dial, recipe, signal } from '../../testing/searching.ts';
import { linesOf, rowsOf } from './rows.ts';
import { grid } from './sweep.ts';

const lambdas = { dial: dial('lambda'), values: [0.2, 0.4] };
const weights = { dial: dial('weight of A'), values: [1] };

test('what was found is a table with a column for every name, empty where a candidate lacks it', async () => {
  const { steps } = await all(
    grid(recipe, [lambdas, weights], {
      signal,
      evaluate: async () => ({ objective: 0.5, scores: { 'reverse, held-out': 0.25 } }),
    }),
  );
  const rows = rowsOf([...steps, { ...steps[0], result: { objective: 0.75 } }]);
  expect(linesOf(rows)).toEqual([
    ['step', 'candidate', 'λ', 'weight of A', 'reverse, held-out', 'objective'],
    [1, 'λ 0.2, weight of A 1', 0.2, 1, 0.25, 0.5],
    [2, 'λ 0.4, weight of A 1', 0.4, 1, 0.25, 0.5],
    [3, 'λ 0.2, weight of A 1', 0.2, 1, null, 0.75],
  ]);
});
