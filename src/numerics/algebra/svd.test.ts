import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  denseSvd,
  lackOfOrthogonality,
  matrixOfRows,
  norm,
  randomMatrix,
  relativeDistance,
} from '../../testing/matrices.ts';
import { randomNumbers } from '../../testing/samples.ts';
import { orthogonaliseColumns } from './jacobi.ts';
import { beside, identity, type Matrix, scale, scaleColumns, transpose, zeros } from './matrix.ts';
import { multiply } from './product.ts';
import { factorQr, thinQ } from './qr.ts';
import { rightSvd, svd } from './svd.ts';

/** What makes it an SVD, whatever the matrix. */
function expectSvd(a: Matrix) {
  const { u, s, v } = svd(a);
  const p = Math.min(a.rows, a.columns);
  expect([u.rows, u.columns, s.length, v.rows, v.columns]).toEqual([a.rows, p, p, a.columns, p]);
  expect(lackOfOrthogonality(u)).toBeLessThan(1e-13);
  expect(lackOfOrthogonality(v)).toBeLessThan(1e-13);
  expect(s.every((value, at) => value >= 0 && value <= (s[at - 1] ?? Infinity))).toBe(true);
  expect(relativeDistance(denseSvd(u, s, v), a)).toBeLessThan(1e-13);
  const right = rightSvd(a);
  expect(relativeDistance(scaled(right.v, right.s), scaled(v, s))).toBeLessThan(1e-12);
  expect([...right.s]).toEqual([...s]);
  return s;
}

/** V·diag(s)²·Vᵀ, which does not depend on signs. */
const scaled = (v: Matrix, s: Float64Array) => {
  const largest = s[0] || 1;
  return denseSvd(
    v,
    s.map((value) => (value / largest) ** 2),
    v,
  );
};

const random = randomNumbers(11);
const tall = randomMatrix(random, 20, 7);
const rankThree = multiply(randomMatrix(random, 12, 3), randomMatrix(random, 3, 9));

describe('an SVD of', () => {
  test.each<[string, Matrix]>([
    ['a tall matrix', tall],
    ['a wide matrix', transpose(tall)],
    ['a square matrix', randomMatrix(random, 16, 16)],
    ['one element', matrixOfRows([[-3]])],
    ['one row', randomMatrix(random, 1, 9)],
    ['one column', randomMatrix(random, 9, 1)],
    ['no rows', zeros(0, 4)],
    ['no columns', zeros(4, 0)],
    ['nothing', zeros(0, 0)],
    ['zeros', zeros(6, 4)],
    ['zeros, wide', zeros(3, 8)],
    ['the identity', identity(5)],
    ['rank 3', rankThree],
    ['columns given twice', beside(20, [tall, tall])],
    ['a zero column among others', beside(20, [tall, zeros(20, 2), tall])],
    ['values of 10²⁰⁰', scale(tall, 1e200)],
    ['values of 10⁻²⁰⁰', scale(tall, 1e-200)],
    ['rank 3 at 10⁻²⁰⁰', scale(rankThree, 1e-200)],
    ['values of 10⁻³⁰⁰', scale(tall, 1e-300)],
    [
      'columns from 1 down to 10⁻³⁰',
      scaleColumns(tall, [1e-30, 1, 1e-5, 1e-10, 1e-15, 1e-20, 1e-25]),
    ],
    ['columns too far apart to be squared', scaleColumns(tall, [1e180, 1, 1e-180, 1, 1, 1, 1e90])],
  ])('%s', (_, a) => {
    expectSvd(a);
  });
});

test('a matrix worked by hand', () => {
  // AᵀA = [[9, 12], [12, 41]] has eigenvalues 45 and 5.
  const { s } = svd(
    matrixOfRows([
      [3, 4],
      [0, 5],
    ]),
  );
  expect(Math.abs(s[0] - Math.sqrt(45))).toBeLessThan(1e-14);
  expect(Math.abs(s[1] - Math.sqrt(5))).toBeLessThan(1e-14);
});

test('small singular values keep their own digits', () => {
  // A orthogonal basis times well-apart lengths: these are its singular values, whatever their order.
  const basis = thinQ(factorQr(randomMatrix(random, 40, 12)));
  const lengths = Array.from({ length: 12 }, (_, j) => 10 ** (-2 * ((5 * j) % 12)));
  const { s: found } = svd(scaleColumns(basis, lengths));
  for (const [at, value] of lengths.toSorted((a, b) => b - a).entries()) {
    expect(Math.abs(found[at] / value - 1)).toBeLessThan(1e-13);
  }
});

test('the Hilbert matrix of 12, whose condition is 10¹⁶, comes back', () => {
  const rows = Array.from({ length: 12 }, (_, i) =>
    Array.from({ length: 12 }, (_, j) => 1 / (i + j + 1)),
  );
  const s = expectSvd(matrixOfRows(rows));
  // Known to more digits than f64 has: the largest is 1.7953720595620…
  expect(Math.abs(s[0] - 1.795372059562)).toBeLessThan(1e-12);
});

test('what repeated columns cannot add is zero but for rounding', () => {
  const s = svd(beside(20, [tall, tall])).s;
  const once = svd(tall).s;
  for (let at = 0; at < 7; at++)
    expect(Math.abs(s[at] / once[at] / Math.SQRT2 - 1)).toBeLessThan(1e-13);
  for (let at = 7; at < 14; at++) expect(s[at] / s[0]).toBeLessThan(1e-14);
});

test('150 columns, some of them dependent', () => {
  const a = multiply(randomMatrix(random, 160, 140), randomMatrix(random, 140, 150));
  const { u, s, v } = svd(a);
  expect(relativeDistance(denseSvd(u, s, v), a)).toBeLessThan(1e-13);
  expect(lackOfOrthogonality(u)).toBeLessThan(1e-12);
  expect(lackOfOrthogonality(v)).toBeLessThan(1e-12);
  expect(s[140] / s[0]).toBeLessThan(1e-14);
});

test.each([Number.NaN, Infinity, -Infinity])('%d is refused with its place', (value) => {
  const a = zeros(3, 4);
  a.values[2 * 3 + 1] = value;
  expect(() => svd(a)).toThrow(`The matrix (3 × 4) has ${value} in row 1, column 2`);
});

test('singular values beyond f64 are refused', () => {
  expect(() =>
    svd(
      scale(
        matrixOfRows([
          [1, 1],
          [1, 1],
        ]),
        1.7e308,
      ),
    ),
  ).toThrow('too large');
});

test('the rotations end even where nothing can become orthogonal', () => {
  const a = zeros(3, 3);
  a.values.fill(Number.NaN);
  expect(orthogonaliseColumns(a, identity(3))).toHaveLength(3);
});

test('any small matrix, of any grading and any rank', () => {
  const side = fc.integer({ min: 0, max: 9 });
  const shape = fc.record({
    rows: side,
    columns: side,
    rank: side,
    seed: fc.nat(),
    decades: fc.integer({ min: 0, max: 40 }),
  });
  fc.assert(
    fc.property(shape, ({ rows, columns, rank, seed, decades }) => {
      const numbers = randomNumbers(seed);
      const product = multiply(
        randomMatrix(numbers, rows, rank),
        randomMatrix(numbers, rank, columns),
      );
      const lengths = Array.from({ length: columns }, () => 10 ** (decades * (numbers() - 0.5)));
      const a = scaleColumns(product, lengths);
      const s = expectSvd(a);
      expect(
        Math.abs(norm({ rows: s.length, columns: 1, values: s }) - norm(a)),
      ).toBeLessThanOrEqual(1e-13 * norm(a));
    }),
    { seed: 9, numRuns: 300 },
  );
});
