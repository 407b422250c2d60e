import { expect, test } from 'vitest';
import type { Matrix, StoredMatrix } from '../formats/update.ts';
import { factored } from './factored.ts';

const stored = (input: number, rows: number, columns: number): StoredMatrix => ({
  ...{ kind: 'stored', input, dtype: 'F32', rows, columns, transposed: false },
});
/** B is input 2k and A input 2k + 1. */
const product = (k: number, rows: number): Matrix => ({
  ...{ kind: 'product', left: stored(2 * k, rows, 4), right: stored(2 * k + 1, 4, 5) },
});
const summary = (matrix: Matrix) =>
  factored(matrix)?.map(({ left, by, runs }) => [
    left.input,
    by,
    ...runs.map(({ from, to, at }) => `${from}–${to} at ${at}`),
  ]);

test('a product is itself, and a number goes in front', () => {
  expect(summary({ kind: 'scaled', of: product(0, 6), by: 3 })).toEqual([[0, 3, '0–6 at 0']]);
});

test('what is stacked are products that share no rows; zeros between are nobody’s', () => {
  const parts = [
    { rows: 2, matrix: product(0, 2) },
    { rows: 3, matrix: null },
    { rows: 1, matrix: { kind: 'scaled', of: product(1, 1), by: 0.5 } as const },
  ];
  expect(summary({ kind: 'stacked', parts })).toEqual([
    [0, 1, '0–2 at 0'],
    [2, 0.5, '0–1 at 5'],
  ]);
});

test('rows of it are only the products that have any of them', () => {
  const of: Matrix = {
    kind: 'stacked',
    parts: [
      { rows: 2, matrix: product(0, 2) },
      { rows: 3, matrix: product(1, 3) },
    ],
  };
  expect(summary({ kind: 'rows', of, from: 3, to: 5 })).toEqual([[2, 1, '1–3 at 0']]);
  expect(summary({ kind: 'rows', of, from: 1, to: 3 })).toEqual([
    [0, 1, '1–2 at 0'],
    [2, 1, '0–1 at 1'],
  ]);
});

test('rows of one product that lie apart, or in another order, keep its rank', () => {
  const half = (from: number) => ({
    rows: 2,
    matrix: { kind: 'rows', of: product(0, 4), from, to: from + 2 } as const,
  });
  expect(summary({ kind: 'stacked', parts: [half(2), half(0)] })).toEqual([
    [0, 1, '2–4 at 0', '0–2 at 2'],
  ]);
});

test('LoHa and LoKr are no products of stored factors, alone or in a stack', () => {
  const loha: Matrix = { kind: 'hadamard', left: product(0, 2), right: product(1, 2) };
  expect(factored(loha)).toBeNull();
  expect(factored({ kind: 'stacked', parts: [{ rows: 2, matrix: loha }] })).toBeNull();
});
