import { expect, test } from 'vitest';
import { all, dial, recipe, signal } from '../../testing/searching.ts';
import { csvOf, rowsOf } from './rows.ts';
import { sweep } from './sweep.ts';

test('what was found is a table that a spreadsheet reads', async () => {
  const values = [0.2, 0.4];
  const { steps } = await all(
    sweep(recipe, [{ dial: dial('lambda'), values }], {
      signal,
      evaluate: async () => ({ objective: 0.5, scores: { 'reverse, held-out': 0.25 } }),
    }),
  );
  const rows = rowsOf([...steps, { ...steps[0], result: { objective: Number.NaN } }]);
  expect(csvOf([...rows, { candidate: '=1+1', step: 4 }])).toBe(
    'step,candidate,λ,"reverse, held-out",objective\r\n1,λ 0.2,0.2,0.25,0.5\r\n2,λ 0.4,0.4,0.25,0.5\r\n3,λ 0.2,0.2,,\r\n4,\'=1+1,,,\r\n',
  );
});
