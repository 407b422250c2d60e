import { expect, test } from 'vitest';
import {
  lackOfOrthogonality,
  matrixOfRows,
  randomMatrix,
  relativeDistance,
  rowsOf,
} from '../../testing/matrices.ts';
import { randomNumbers } from '../../testing/samples.ts';
import { columnsOf, identity, type Matrix, scaleColumns, zeros } from './matrix.ts';
import { multiply } from './product.ts';
import { factorQr, multiplyByQ, thinQ, upperTriangle } from './qr.ts';

const shapes = [
  [0, 0],
  [0, 3],
  [3, 0],
  [1, 1],
  [1, 7],
  [7, 1],
  [4, 4],
  [5, 5],
  [3, 9],
  [9, 3],
  [40, 13],
  [13, 40],
] as const;

function expectFactored(a: Matrix) {
  const qr = factorQr(a);
  const r = upperTriangle(qr);
  const q = thinQ(qr);
  const least = Math.min(a.rows, a.columns);
  expect([q.rows, q.columns, r.rows, r.columns]).toEqual([a.rows, least, least, a.columns]);
  expect(lackOfOrthogonality(q)).toBeLessThan(1e-14);
  expect(relativeDistance(multiply(q, r), a)).toBeLessThan(1e-14);
  for (const [i, row] of rowsOf(r).entries()) {
    expect(row.slice(0, i).every((value) => value === 0)).toBe(true);
  }
}

test.each(shapes)(
  '%i × %i: Q is orthonormal, R is triangular, Q·R is the matrix',
  (rows, columns) => {
    expectFactored(randomMatrix(randomNumbers(rows + columns), rows, columns));
  },
);

test('zero, repeated and dependent columns are no exception', () => {
  const a = randomMatrix(randomNumbers(3), 12, 3);
  expectFactored(zeros(6, 4));
  expectFactored(
    multiply(
      a,
      matrixOfRows([
        [1, 1, 0, 2, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 1, 0, 1],
      ]),
    ),
  );
});

test.each([1e200, 1e-200, 1e-310])('values around %d keep their digits', (size) => {
  const a = scaleColumns(randomMatrix(randomNumbers(4), 9, 5), new Float64Array(5).fill(size));
  const qr = factorQr(a);
  expect(lackOfOrthogonality(thinQ(qr))).toBeLessThan(1e-13);
  expect(relativeDistance(multiply(thinQ(qr), upperTriangle(qr)), a)).toBeLessThan(1e-13);
});

test('a column among others of very different size is factored to its own precision', () => {
  const a = scaleColumns(randomMatrix(randomNumbers(5), 30, 4), [1e150, 1e-150, 1, 1e-40]);
  const product = multiply(thinQ(factorQr(a)), upperTriangle(factorQr(a)));
  for (let j = 0; j < 4; j++) {
    const [found, given] = [product, a].map((matrix) => columnsOf(matrix, j, j + 1));
    expect(relativeDistance(found, given)).toBeLessThan(1e-14);
  }
});

test('R of a matrix worked by hand', () => {
  const qr = factorQr(
    matrixOfRows([
      [3, 1],
      [4, 2],
    ]),
  );
  const [[a, b], [, c]] = rowsOf(upperTriangle(qr));
  // Lengths are 5 and, after taking away the part along (3, 4)/5, 2/5.
  expect([a, b, Math.abs(c)].map((value) => value.toFixed(12))).toEqual(
    [-5, -11 / 5, 2 / 5].map((value) => value.toFixed(12)),
  );
});

test('Q times a short matrix takes the missing rows for zeros', () => {
  const random = randomNumbers(6);
  const qr = factorQr(randomMatrix(random, 10, 6));
  const x = randomMatrix(random, 6, 5);
  expect(relativeDistance(multiplyByQ(qr, x), multiply(thinQ(qr), x))).toBeLessThan(1e-14);
});

test('the columns of Q beyond the thin ones complete the basis', () => {
  const qr = factorQr(randomMatrix(randomNumbers(7), 11, 4));
  expect(lackOfOrthogonality(multiplyByQ(qr, identity(11)))).toBeLessThan(1e-14);
});
