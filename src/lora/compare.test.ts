import { expect, test } from 'vitest';
import { scale, zeros } from '../numerics/algebra/matrix.ts';
import { multiply } from '../numerics/algebra/product.ts';
import { factorQr, thinQ } from '../numerics/algebra/qr.ts';
import { denseSum, norm, randomMatrix, randomTerm, rowsOf } from '../testing/matrices.ts';
import { randomNumbers } from '../testing/samples.ts';
import { cosines, innerProducts } from './compare.ts';
import type { Factors } from './factors.ts';

const random = randomNumbers(41);
const adapters = [
  randomTerm(random, 21, 16, 3, 1),
  randomTerm(random, 21, 16, 8, 1),
  randomTerm(random, 21, 16, 30, 1),
];
const dense = (update: Factors) => denseSum([{ ...update, weight: 1 }]);

test('inner products and norms are those of the matrices in full', () => {
  const found = rowsOf(innerProducts(adapters));
  for (const [i, one] of adapters.entries()) {
    for (const [j, other] of adapters.entries()) {
      const [x, y] = [dense(one), dense(other)];
      const inner = x.values.reduce((sum, value, at) => sum + value * y.values[at], 0);
      expect(Math.abs(found[i][j] - inner)).toBeLessThan(1e-13 * norm(x) * norm(y));
    }
  }
});

test('an update points with itself, against its negative, and across what shares no row', () => {
  const [one] = adapters;
  const upper = {
    ...one,
    b: { ...one.b, values: one.b.values.map((v, at) => (at % 21 < 10 ? v : 0)) },
  };
  const lower = {
    ...one,
    b: { ...one.b, values: one.b.values.map((v, at) => (at % 21 < 10 ? 0 : v)) },
  };
  const negative = { ...one, a: scale(one.a, -2.5) };
  const [row] = rowsOf(cosines(innerProducts([one, one, negative])));
  expect(row.map((value) => value.toFixed(12))).toEqual([
    '1.000000000000',
    '1.000000000000',
    '-1.000000000000',
  ]);
  expect(Math.abs(rowsOf(cosines(innerProducts([upper, lower])))[0][1])).toBeLessThan(1e-15);
});

test('turning an inner basis changes no cosine', () => {
  const [one, other] = adapters;
  const turn = thinQ(factorQr(randomMatrix(random, 3, 3)));
  const turned = { b: multiply(one.b, turn), a: multiply(one.a, turn) };
  const [first, second] = [one, turned].map(
    (x) => rowsOf(cosines(innerProducts([x, other])))[0][1],
  );
  expect(Math.abs(first - second)).toBeLessThan(1e-14);
});

test('the norm of what cancels is small, not what squares leave of it', () => {
  const [one] = adapters;
  const nearly = { ...one, b: scale(one.b, -1 + 1e-12) };
  const both = (x: Factors, y: Factors): Factors => ({
    b: { ...x.b, columns: 6, values: Float64Array.of(...x.b.values, ...y.b.values) },
    a: { ...x.a, columns: 6, values: Float64Array.of(...x.a.values, ...y.a.values) },
  });
  const left = Math.sqrt(innerProducts([both(one, nearly)]).values[0]);
  expect(Math.abs(left / (1e-12 * norm(dense(one))) - 1)).toBeLessThan(0.01);
});

test('a zero update has no direction', () => {
  const zero = { b: zeros(21, 2), a: zeros(16, 2) };
  const none = { b: zeros(21, 0), a: zeros(16, 0) };
  const found = rowsOf(cosines(innerProducts([adapters[0], zero, none])));
  expect(found[0][0]).toBeCloseTo(1, 12);
  expect([found[0][1], found[1][1], found[2][0], found[2][2]]).toEqual([NaN, NaN, NaN, NaN]);
});

test('cosines never leave −1 … 1', () => {
  const copies = Array.from({ length: 6 }, (_, at) => ({
    ...adapters[1],
    a: scale(adapters[1].a, 1 + at / 7),
  }));
  expect(cosines(innerProducts(copies)).values.every((value) => value <= 1)).toBe(true);
});

test('updates of different modules are refused', () => {
  expect(() => innerProducts([adapters[0], randomTerm(random, 20, 16, 2)])).toThrow('20 × 16');
});
