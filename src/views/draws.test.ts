import { expect, test } from 'vitest';
import { conflictOf, overlapOf } from './draws.ts';

test('two models both keep (1 − p)² of the elements, and disagree in half of them', () => {
  for (const p of [0, 0.1, 0.5, 0.9, 1]) {
    expect(overlapOf([1 - p, 1 - p])).toBeCloseTo((1 - p) ** 2, 12);
    expect(conflictOf([1 - p, 1 - p])).toBeCloseTo((1 - p) ** 2 / 2, 12);
  }
  expect(overlapOf([0.5, 0.2])).toBeCloseTo(0.1, 12);
});

test('of three models that keep half, four of eight draws leave two or more', () => {
  expect(overlapOf([0.5, 0.5, 0.5])).toBeCloseTo(0.5, 12);
  // Three pairs that conflict in half, and all three in three quarters: 3/8 · ½ + 1/8 · ¾.
  expect(conflictOf([0.5, 0.5, 0.5])).toBeCloseTo(3 / 16 + 3 / 32, 12);
});

test('kept whole, N models conflict as random signs do: 1 − 2^(1−N)', () => {
  expect(conflictOf([1, 1, 1, 1])).toBeCloseTo(0.875, 12);
  expect(overlapOf([1, 1, 1, 1])).toBe(1);
  expect([overlapOf([0.7]), conflictOf([0.7])]).toEqual([0, expect.closeTo(0, 12)]);
});
