import { expect, test } from 'vitest';
import { pasted, tableIn } from './paste.ts';

test.each([
  ['1 2 -3', [[1, 2, -3]]],
  [
    '0,5\t−0,25\n1\t2',
    [
      [0.5, -0.25],
      [1, 2],
    ],
  ],
  [
    '0.1,0.2;3, 4',
    [
      [0.1, 0.2],
      [3, 4],
    ],
  ],
  ['1,2,3', [[1, 2, 3]]],
])('%j is a table', (text, rows) => {
  expect(tableIn(text)).toEqual(rows);
});

test.each(['0,3', '7', 'one two', '1 2 x', '1e60 2', ''])('%j is none', (text) => {
  expect(tableIn(text)).toBe(null);
});

const rows = [
  [1, 2],
  [3, 4],
];

test('a pasted table begins where it is pasted, and an example grows with it', () => {
  expect(pasted(rows, [[7, 8], [9]], 0, 1, true)).toEqual([
    [1, 7, 8],
    [3, 9, 0],
  ]);
  expect(
    pasted(
      rows,
      [
        [7, 8],
        [9, 9],
      ],
      1,
      1,
      false,
    ),
  ).toEqual([
    [1, 2],
    [3, 7],
  ]);
  expect(pasted(rows, [Array(40).fill(1)], 0, 0, true)[0]).toHaveLength(16);
});
