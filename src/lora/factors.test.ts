import { expect, test } from 'vitest';
import { denseSum, rowsOf } from '../testing/matrices.ts';
import { fromTensors, toTensors } from './factors.ts';

const b = Float32Array.of(1, 2, 3, 4, 5, 6);
const a = Float32Array.of(0, 0, -1, 2, 1, 0, 1, -2);
const sides = { outputs: 3, inputs: 4, rank: 2 };

test('tensors are read row after row: B·A is the product of [3, 2] and [2, 4]', () => {
  const factors = fromTensors({ b, a }, sides);
  expect(rowsOf(denseSum([{ ...factors, weight: 1 }]))).toEqual([
    [2, 0, 1, -2],
    [4, 0, 1, -2],
    [6, 0, 1, -2],
  ]);
});

test('and written as they were read', () => {
  expect(toTensors(fromTensors({ b, a }, sides))).toEqual({ b, a });
});

test('rank 0 is no exception', () => {
  const none = { b: new Float32Array(0), a: new Float32Array(0) };
  const factors = fromTensors(none, { ...sides, rank: 0 });
  expect([factors.b.rows, factors.a.rows, factors.b.columns]).toEqual([3, 4, 0]);
  expect(toTensors(factors)).toEqual(none);
});

test('lengths that do not fit the sides are refused with both', () => {
  expect(() => fromTensors({ b, a }, { ...sides, inputs: 5 })).toThrow(
    'B has 6 values and A has 8; rank 2, 3 outputs and 5 inputs ask for 6 and 10',
  );
  expect(() => fromTensors({ b: a, a }, sides)).toThrow('B has 8 values');
});
