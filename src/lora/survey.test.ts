import { expect, test } from 'vitest';
import { cholesky } from '../numerics/algebra/cholesky.ts';
import { gram } from '../numerics/algebra/gram.ts';
import { type Matrix, scale, zeros } from '../numerics/algebra/matrix.ts';
import { svd } from '../numerics/algebra/svd.ts';
import { denseSum, norm, randomMatrix, randomTerm, rowsOf } from '../testing/matrices.ts';
import { randomNumbers } from '../testing/samples.ts';
import type { Term } from './factors.ts';
import { surveyOf } from './survey.ts';

const random = randomNumbers(57);

test.each([
  [0, 3],
  [1, 1],
  [7, 2],
  [30, 9],
  [2_100, 6],
])(
  'a Gram matrix of %i rows and %i columns holds the dot products of the columns',
  (rows, columns) => {
    const a = randomMatrix(random, rows, columns);
    const found = rowsOf(gram(a));
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        let dot = 0;
        for (let k = 0; k < rows; k++) dot += a.values[i * rows + k] * a.values[j * rows + k];
        expect(Math.abs(found[i][j] - dot)).toBeLessThan(1e-12 * (1 + rows));
      }
    }
  },
);

test('a Cholesky factor gives the matrix back, and columns that depend on each other have none', () => {
  const a = randomMatrix(random, 12, 4);
  const g = gram(a);
  const r = rowsOf(cholesky(g)!);
  for (const [i, row] of rowsOf(g).entries()) {
    for (const [j, value] of row.entries()) {
      expect(r.reduce((sum, own) => sum + own[i] * own[j], 0)).toBeCloseTo(value, 10);
      if (i > j) expect(r[i][j]).toBe(0);
    }
  }
  a.values.copyWithin(0, 12, 24);
  expect(cholesky(gram(a))).toBeNull();
});

/** Against the SVD and the plain sums of the matrices in full. */
function expectTrue(updates: readonly (readonly Term[])[], digits = 1e-10): void {
  const { spectra, inner } = surveyOf(updates);
  const full = updates.map((terms) => denseSum(terms));
  for (const [i, matrix] of full.entries()) {
    const expected = svd(matrix).s;
    const found = spectra[i];
    for (let k = 0; k < expected.length; k++) {
      expect(Math.abs((found[k] ?? 0) - expected[k])).toBeLessThanOrEqual(digits * expected[0]);
    }
    for (const [j, other] of full.entries()) {
      const product = matrix.values.reduce((sum, value, at) => sum + value * other.values[at], 0);
      const bound = digits * norm(matrix) * norm(other);
      expect(Math.abs(inner.values[j * full.length + i] - product)).toBeLessThanOrEqual(bound);
    }
  }
}

const term = (rank: number, weight = 0.7) => randomTerm(random, 24, 18, rank, weight);

test('spectra and inner products of several adapters are those of their matrices', () => {
  expectTrue([[term(3)], [term(8, -2)], [term(5)]]);
});

test('an update of several terms is their sum', () => {
  expectTrue([[term(2), term(3, -1)], [term(4)]]);
});

test('factors that depend on each other, that cancel, or that are wider than the matrix are done the exact way', () => {
  const one = term(4);
  const twice = { ...one, b: { ...one.b, values: one.b.values.slice() } };
  twice.b.values.copyWithin(0, 24, 48);
  expectTrue([[twice], [term(3)]]);
  expectTrue([[term(30)]]);
  const negative = { ...one, a: scale(one.a, -1 + 1e-7) };
  expectTrue([[one, negative]], 1e-7);
});

test('terms that nearly cancel, whose factors depend on each other less than that, are done the exact way', () => {
  const one = term(4, 1);
  const near = (a: Matrix, by: number) => {
    const noise = randomMatrix(random, a.rows, a.columns).values;
    return { ...a, values: a.values.map((value, at) => by * (value + 4e-5 * noise[at])) };
  };
  expectTrue([[one, { b: near(one.b, 1), a: near(one.a, -1), weight: 1 }]], 1e-9);
});

test('an adapter that has learnt nothing has a norm of 0, and leaves the others alone', () => {
  const untrained = { ...term(3), b: zeros(24, 3) };
  const { spectra, inner } = surveyOf([[untrained], [term(2)]]);
  expect([...spectra[0]]).toEqual([0, 0, 0]);
  expect(inner.values[0]).toBe(0);
  expect(inner.values[3]).toBeGreaterThan(0);
});

test('NaN in a factor is refused by place', () => {
  const broken = term(3);
  broken.a.values[20] = Number.NaN;
  expect(() => surveyOf([[broken]])).toThrow('A, transposed (18 × 3) has NaN in row 2, column 1');
});
