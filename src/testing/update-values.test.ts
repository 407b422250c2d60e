/** The oracle itself, on matrices that are worked out by hand. */
import { describe, expect, test } from 'vitest';
import type { Matrix } from '../formats/update.ts';
import { addedTo, deltaOf, matrixOf } from './update-values.ts';

const stored = (input: number, rows: number, columns: number, transposed = false): Matrix => ({
  ...{ kind: 'stored', input, dtype: 'F32', rows, columns, transposed },
});
const rows = (matrix: Matrix, ...values: number[][]) => matrixOf({ matrix }, values);

describe('a matrix', () => {
  test('as it is stored, row by row or column by column', () => {
    expect(rows(stored(0, 2, 3), [1, 2, 3, 4, 5, 6])).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(rows(stored(0, 2, 3, true), [1, 2, 3, 4, 5, 6])).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
  });

  const [left, right] = [stored(0, 2, 2), stored(1, 2, 2)];
  const values = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ];

  test('as a product', () => {
    expect(rows({ kind: 'product', left, right }, ...values)).toEqual([
      [19, 22],
      [43, 50],
    ]);
  });

  test('element by element', () => {
    expect(rows({ kind: 'hadamard', left, right }, ...values)).toEqual([
      [5, 12],
      [21, 32],
    ]);
  });

  test('as a Kronecker product of unlike sides', () => {
    const matrix: Matrix = { kind: 'kronecker', left: stored(0, 1, 2), right: stored(1, 2, 1) };
    expect(rows(matrix, [1, 10], [2, 3])).toEqual([
      [2, 20],
      [3, 30],
    ]);
  });

  test('with a core of one row, two columns and a kernel of two', () => {
    const matrix: Matrix = {
      ...{ kind: 'tucker', kernel: 2 },
      ...{ left: stored(0, 1, 1), core: stored(1, 1, 4), right: stored(2, 2, 3) },
    };
    // core[0, q, k] is [[1, 2], [3, 4]]; column i · 2 + k is 2 · (core[0, 0, k] · r[0, i] + core[0, 1, k] · r[1, i]).
    expect(rows(matrix, [2], [1, 2, 3, 4], [1, 0, 1, 0, 1, 1])).toEqual([[2, 4, 6, 8, 8, 12]]);
  });

  test('stacked over rows of zeros, cut, reshaped and scaled', () => {
    const stacked: Matrix = {
      kind: 'stacked',
      parts: [
        { rows: 1, matrix: null },
        { rows: 2, matrix: left },
      ],
    };
    expect(rows(stacked, ...values)).toEqual([
      [0, 0],
      [1, 2],
      [3, 4],
    ]);
    expect(rows({ kind: 'rows', of: stacked, from: 1, to: 2 }, ...values)).toEqual([[1, 2]]);
    const reshaped: Matrix = { kind: 'reshaped', of: left, rows: 1, columns: 4 };
    expect(rows(reshaped, ...values)).toEqual([[1, 2, 3, 4]]);
    expect(rows({ kind: 'scaled', of: left, by: -2 }, ...values)).toEqual([
      [-2, -4],
      [-6, -8],
    ]);
  });
});

describe('an update', () => {
  const update = { matrix: stored(0, 2, 2), scale: 0.5, magnitudes: null };

  test('is its matrix times its scale', () => {
    expect(deltaOf(update, [[2, 4, 6, 8]])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('gives rows or columns of the sum the norms that DoRA says', () => {
    const base = [
      [2, 2],
      [3, 0],
    ];
    const values = [
      [2, 4, 2, 0],
      [10, 1],
    ];
    // The sum is [[3, 4], [4, 0]]: rows of norm 5 and 4, columns of norm 5 and 4.
    const by = (per: 'row' | 'column') =>
      addedTo(base, { ...update, magnitudes: { input: 1, dtype: 'F32', per } }, values);
    expect(addedTo(base, update, values)).toEqual([
      [3, 4],
      [4, 0],
    ]);
    expect(by('row')).toEqual([
      [6, 8],
      [1, 0],
    ]);
    expect(by('column')).toEqual([
      [6, 1],
      [8, 0],
    ]);
  });
});
