import { expect, test } from 'vitest';
import {
  denseSum,
  matrixOfRows,
  randomMatrix,
  relativeDistance,
  rowsOf,
} from '../../testing/matrices.ts';
import { randomNumbers } from '../../testing/samples.ts';
import { identity, transpose } from './matrix.ts';
import { multiply, multiplyTransposed } from './product.ts';

const sides = [0, 1, 3, 4, 5, 9];

test('products of all shapes are those of plain loops', () => {
  const random = randomNumbers(1);
  for (const rows of sides) {
    for (const inner of sides) {
      for (const columns of sides) {
        const a = randomMatrix(random, rows, inner);
        const b = randomMatrix(random, inner, columns);
        const product = multiply(a, b);
        expect([product.rows, product.columns]).toEqual([rows, columns]);
        expect(relativeDistance(multiplyTransposed(transpose(a), b), product)).toBeLessThan(1e-15);
        const plain = denseSum([{ b: a, a: transpose(b), weight: 1 }]);
        expect(relativeDistance(product, plain)).toBeLessThan(1e-15);
      }
    }
  }
});

test('a product worked by hand', () => {
  const a = matrixOfRows([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const b = matrixOfRows([
    [1, -1],
    [0, 2],
  ]);
  expect(rowsOf(multiply(a, b))).toEqual([
    [1, 3],
    [3, 5],
    [5, 7],
  ]);
});

test('sides that do not meet are refused with both', () => {
  expect(() => multiply(identity(3), identity(4))).toThrow('inner sides are 3 and 4');
  expect(() => multiplyTransposed(identity(3), identity(4))).toThrow('inner sides are 3 and 4');
});
