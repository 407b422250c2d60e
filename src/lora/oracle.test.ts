/** A second opinion by ml-matrix: Golub and Kahan's SVD, and matrices formed in full. */
import { Matrix as Oracle, SingularValueDecomposition } from 'ml-matrix';
import { expect, test } from 'vitest';
import type { Matrix } from '../numerics/algebra/matrix.ts';
import { multiply } from '../numerics/algebra/product.ts';
import { svd } from '../numerics/algebra/svd.ts';
import {
  denseSum,
  matrixOfRows,
  randomMatrix,
  randomTerm,
  relativeDistance,
  rowsOf,
} from '../testing/matrices.ts';
import { randomNumbers } from '../testing/samples.ts';
import type { Term } from './factors.ts';
import { decomposeSum, truncate } from './refactor.ts';

const oracleOf = (a: Matrix) =>
  new SingularValueDecomposition(new Oracle(rowsOf(a)), { autoTranspose: true });

/** The oracle's best approximation of a rank. */
function oracleCut(a: Matrix, rank: number): Matrix {
  const { leftSingularVectors: u, rightSingularVectors: v, diagonal } = oracleOf(a);
  const s = Oracle.diag(diagonal.slice(0, rank));
  const first = (vectors: Oracle) => vectors.subMatrix(0, vectors.rows - 1, 0, rank - 1);
  return matrixOfRows(first(u).mmul(s).mmul(first(v).transpose()).to2DArray());
}

test('products agree', () => {
  const random = randomNumbers(1);
  const a = randomMatrix(random, 33, 21);
  const b = randomMatrix(random, 21, 18);
  const product = new Oracle(rowsOf(a)).mmul(new Oracle(rowsOf(b)));
  expect(relativeDistance(multiply(a, b), matrixOfRows(product.to2DArray()))).toBeLessThan(1e-15);
});

test.each([
  [64, 64],
  [90, 30],
  [30, 90],
  [70, 1],
])('singular values of %i × %i agree', (rows, columns) => {
  const a = randomMatrix(randomNumbers(rows), rows, columns);
  const { s: found } = svd(a);
  for (const [at, value] of oracleOf(a).diagonal.entries()) {
    expect(Math.abs(found[at] / value - 1)).toBeLessThan(1e-12);
  }
});

const random = randomNumbers(2);
const one = randomTerm(random, 40, 30, 6);

test.each<[string, readonly Term[]]>([
  ['two of unequal rank', [randomTerm(random, 40, 30, 4), randomTerm(random, 40, 30, 9)]],
  ['more outputs than inputs', [randomTerm(random, 50, 12, 3), randomTerm(random, 50, 12, 5)]],
  ['more inputs than outputs', [randomTerm(random, 12, 50, 3), randomTerm(random, 12, 50, 5)]],
  ['a rank above both sides', [randomTerm(random, 8, 10, 14), randomTerm(random, 8, 10, 2)]],
  [
    'ranks that exceed a side together',
    [randomTerm(random, 10, 30, 7), randomTerm(random, 10, 30, 6)],
  ],
  ['the same one twice', [one, { ...one, weight: -0.3 }]],
  ['a zero weight', [one, randomTerm(random, 40, 30, 5, 0)]],
])('the sum of %s: spectrum and best approximations agree with the SVD of the sum', (_, terms) => {
  const sum = denseSum(terms);
  const decomposed = decomposeSum(terms);
  const { diagonal } = oracleOf(sum);
  for (const [at, value] of diagonal.entries()) {
    expect(Math.abs((decomposed.spectrum[at] ?? 0) - value)).toBeLessThan(1e-13 * diagonal[0]);
  }
  for (const rank of [1, 2, 5]) {
    const cut = { ...truncate(decomposed, rank, 'b'), weight: 1 };
    expect(relativeDistance(denseSum([cut]), oracleCut(sum, rank))).toBeLessThan(1e-11);
  }
});
