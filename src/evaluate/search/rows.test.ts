import { expect, test } from 'vitest';
import { all, dial, recipe, signal } from '../../testing/searching.ts';
import { csvOf, rowsOf } from './rows.ts';
import { grid } from './sweep.ts';

const lambdas = { dial: dial('lambda'), values: [0.2, 0.4] };
const weights = { dial: dial('weight of A'), values: [1] };

test('what was found is a table that a spreadsheet reads', async () => {
  const { steps } = await all(
    grid(recipe, [lambdas, weights], {
      signal,
      evaluate: async () => ({ objective: 0.5, scores: { 'reverse, held-out': 0.25 } }),
    }),
  );
  const rows = rowsOf([...steps, { ...steps[0], result: { objective: Number.NaN } }]);
  expect(csvOf([...rows, { candidate: '=1+1', step: 4 }])).toBe(
    [
      'step,candidate,λ,weight of A,"reverse, held-out",objective',
      '1,"λ 0.2, weight of A 1",0.2,1,0.25,0.5',
      '2,"λ 0.4, weight of A 1",0.4,1,0.25,0.5',
      '3,"λ 0.2, weight of A 1",0.2,1,,',
      "4,'=1+1,,,,",
      '',
    ].join('\r\n'),
  );
});
