import { expect, test } from 'vitest';
import { matrixOfRows, rowsOf } from '../testing/matrices.ts';
import { clampFactors, quantile } from './clamp.ts';

const factors = {
  b: matrixOfRows([
    [4, -9],
    [1, 0],
  ]),
  a: matrixOfRows([[2, 3]]),
};
const clamped = (q: number) => {
  const { b, a } = clampFactors(factors, q);
  return [...rowsOf(b), ...rowsOf(a)].flat();
};

test('quantiles lie on the line between neighbours', () => {
  const values = [Float64Array.of(4, 1), Float64Array.of(3, 2)];
  expect(quantile(values, 0.99)).toBeCloseTo(3.97, 12);
  expect(quantile(values, 0.5)).toBe(2.5);
  expect([0, 1].map((q) => quantile(values, q))).toEqual([1, 4]);
  expect(quantile([Float64Array.of(7)], 0.3)).toBe(7);
  expect(quantile([], 0.5)).toBe(0);
});

test('both factors are clamped at the quantile of their signed values together', () => {
  // Sorted: −9, 0, 1, 2, 3, 4.
  expect(clamped(0.8)).toEqual([3, -3, 1, 0, 2, 3]);
  expect(clamped(0.5)).toEqual([1.5, -1.5, 1, 0, 1.5, 1.5]);
});

test('at 1 only what is below the negative of the largest changes', () => {
  expect(clamped(1)).toEqual([4, -4, 1, 0, 2, 3]);
});

test('where the quantile is negative everything becomes it, as in torch', () => {
  expect(clamped(0)).toEqual([-9, -9, -9, -9, -9, -9]);
});

test('the factors given stay as they are', () => {
  clamped(0.5);
  expect(rowsOf(factors.b)).toEqual([
    [4, -9],
    [1, 0],
  ]);
});

test.each([-0.1, 1.1, Number.NaN])('%d is no quantile', (q) => {
  expect(() => clampFactors(factors, q)).toThrow(`not at ${q}`);
});
