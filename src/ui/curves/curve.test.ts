import { expect, test } from 'vitest';
import { between, dotsOf, pathOf, ticksOf } from './curve.ts';

const points = [
  { x: 0, y: 1 },
  { x: 1, y: 0 },
  { x: 2, y: null },
  { x: 3, y: 0.5 },
  { x: 4, y: 1 },
];

test('a line goes from left to right and upwards, and stops where there is no value', () => {
  expect(pathOf(points, [0, 4], [0, 1])).toBe('M0 0L25 100M75 50L100 0');
});

test('dots beyond the range stand on its edge', () => {
  expect(dotsOf(points, [0, 4], [0, 0.5])).toBe('M0 0h0M25 100h0M75 0h0M100 0h0');
});

test('between two points a value lies on a straight line', () => {
  expect(between(points, 0.25)).toBe(0.75);
  expect(between(points, 3)).toBe(0.5);
  expect(between(points, 1.5)).toBe(null);
  expect([between(points, -1), between(points, 5)]).toEqual([null, null]);
});

test('ticks are round numbers', () => {
  expect(ticksOf([0, 2], 4)).toEqual([0, 0.5, 1, 1.5, 2]);
  expect(ticksOf([-1, 1], 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
  expect(ticksOf([0.13, 0.62], 5)).toEqual([0.2, 0.3, 0.4, 0.5, 0.6]);
  expect(ticksOf([3, 3], 4)).toEqual([3]);
});
