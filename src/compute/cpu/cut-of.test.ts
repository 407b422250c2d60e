import { expect, test } from 'vitest';
import { selectMagnitude } from '../../numerics/select.ts';
import { cutOf } from './cut-of.ts';

const patternsOf = (values: Float32Array) => new Uint32Array(values.map(Math.abs).buffer);

test('keeps the largest, the lowest index first among equals', () => {
  const patterns = patternsOf(Float32Array.of(1, -3, 2, 3, -2, 2));
  expect(cutOf(patterns, 0)).toEqual({ magnitude: Number.POSITIVE_INFINITY, lastIndex: -1 });
  expect(cutOf(patterns, 1)).toEqual({ magnitude: 3, lastIndex: 1 });
  expect(cutOf(patterns, 2)).toEqual({ magnitude: 3, lastIndex: 5 });
  expect(cutOf(patterns, 3)).toEqual({ magnitude: 2, lastIndex: 2 });
  expect(cutOf(patterns, 4)).toEqual({ magnitude: 2, lastIndex: 4 });
  expect(cutOf(patterns, 5)).toEqual({ magnitude: 2, lastIndex: 5 });
  expect(cutOf(patterns, 6)).toEqual({ magnitude: 0, lastIndex: 5 });
});

test.each([1, 2, 7, 100, 8192])(
  'agrees with the definition at every kind of rank of %i',
  (length) => {
    let state = length;
    const values = Float32Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return ((state >>> 24) - 128) / 16;
    });
    const ranks = [0, 1, 2, length >> 3, length >> 1, length - 1, length, length + 1];
    for (const count of ranks) {
      expect(cutOf(patternsOf(values), count), `${count}`).toEqual(selectMagnitude(values, count));
    }
  },
);
