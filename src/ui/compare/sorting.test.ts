import { expect, test } from 'vitest';
import { sorted, toggled } from './sorting.ts';

const rows = [{ n: 2 }, { n: null }, { n: 3 }, { n: 1 }];
const by = (direction: 'ascending' | 'descending') =>
  sorted(rows, ({ n }) => n, { column: 'n', direction }).map(({ n }) => n);

test('rows stand by a number, those without one last either way', () => {
  expect(by('descending')).toEqual([3, 2, 1, null]);
  expect(by('ascending')).toEqual([1, 2, 3, null]);
  expect(sorted(rows, ({ n }) => n, null)).toEqual(rows);
});

test('a head sorts downwards, then upwards, then not at all; another begins anew', () => {
  const down = toggled(null, 'n');
  expect(down).toEqual({ column: 'n', direction: 'descending' });
  expect(toggled(down, 'n')).toEqual({ column: 'n', direction: 'ascending' });
  expect(toggled(toggled(down, 'n'), 'n')).toBe(null);
  expect(toggled(down, 'm')).toEqual({ column: 'm', direction: 'descending' });
});
