import { expect, test } from 'vitest';
import { randomNumbers } from '../testing/samples.ts';
import { anglesOf, doubtOf } from './changes.ts';
import { cosineOf, Ledger } from './ledger.ts';

test('lengths and angles are those of vectors put one after the other', () => {
  const random = randomNumbers(9);
  const piece = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
  const pieces = [40, 7].map((length) => [piece(length), piece(length), piece(length)] as const);
  const whole = new Ledger(2);
  for (const [a, b, base] of pieces) {
    const part = new Ledger(2);
    part.take([a, b], base);
    whole.add(part);
  }
  const [a, b, base] = [0, 1, 2].map((k) => pieces.flatMap((each) => [...each[k]]));
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  expect(whole.elements).toBe(47);
  expect(whole.baseSquares).toBeCloseTo(dot(base, base), 12);
  const { norms, cosines } = anglesOf(whole);
  expect(norms[1]).toBeCloseTo(Math.hypot(...b), 12);
  expect(cosines[1]).toBeCloseTo(dot(a, b) / (Math.hypot(...a) * Math.hypot(...b)), 12);
  expect(cosines).toEqual([expect.closeTo(1, 12), cosines[2], cosines[1], expect.closeTo(1, 12)]);
});

test('a value that stands for four counts four times, one that is no number not at all', () => {
  const ledger = new Ledger(1);
  ledger.take([Float32Array.of(3, Number.NaN)], Float32Array.of(1, 2), 4);
  expect([ledger.elements, ledger.squares[0], ledger.baseSquares]).toEqual([8, 36, 20]);
});

test('what has no length has no direction', () => {
  expect(cosineOf(0, 0, 4)).toBe(null);
  expect(cosineOf(-2.0000001, 1, 4)).toBe(-1);
});

test('a base is doubted when nothing differs from it, or most of it does', () => {
  expect(doubtOf({ norm: 0, overBase: 0 })).toBe('same as base');
  expect(doubtOf({ norm: 5, overBase: 0.51 })).toBe('wrong base');
  expect(doubtOf({ norm: 5, overBase: 0.5 })).toBe(null);
  expect(doubtOf({ norm: 5, overBase: null })).toBe(null);
});
