import { expect, test } from 'vitest';
import { gaussianMatrix } from './gaussian.ts';

const { values } = gaussianMatrix(500, 401, 7);
const mean = (of: (value: number) => number) =>
  values.reduce((sum, value) => sum + of(value), 0) / values.length;

test('the moments are those of the standard normal distribution', () => {
  // Four standard deviations of each mean over 200,500 values.
  const bound = (variance: number) => 4 * Math.sqrt(variance / values.length);
  expect(Math.abs(mean((x) => x))).toBeLessThan(bound(1));
  expect(Math.abs(mean((x) => x ** 2) - 1)).toBeLessThan(bound(2));
  expect(Math.abs(mean((x) => x ** 3))).toBeLessThan(bound(15));
  expect(Math.abs(mean((x) => x ** 4) - 3)).toBeLessThan(bound(96));
});

test.each([1, 2, 3, 4, 500])('values %i apart do not go together', (apart) => {
  const products = values.subarray(apart).map((value, at) => value * values[at]);
  const average = products.reduce((sum, product) => sum + product, 0) / products.length;
  expect(Math.abs(average)).toBeLessThan(4 / Math.sqrt(products.length));
});

test('the same seed gives the same values, another gives others', () => {
  expect(gaussianMatrix(9, 3, 5)).toEqual(gaussianMatrix(9, 3, 5));
  expect(gaussianMatrix(9, 3, 5)).not.toEqual(gaussianMatrix(9, 3, 6));
});

test('an odd number of values, and none', () => {
  expect(gaussianMatrix(3, 3, 1).values.every((value) => value !== 0)).toBe(true);
  expect(gaussianMatrix(0, 3, 1).values).toHaveLength(0);
});
