import { describe, expect, it } from 'vitest';
import { absoluteSum, dot } from './sum.ts';

describe('dot', () => {
  it.each([0, 1, 3, 4, 7, 8])('sums the products of %i pairs', (length) => {
    const a = Float32Array.from({ length }, (_, i) => i + 1);
    const b = Float32Array.from({ length }, (_, i) => (i % 2 === 0 ? 2 : -1));
    const expected = [...a].reduce((sum, value, i) => sum + value * b[i], 0);
    expect(dot(a, b)).toBe(expected);
  });

  it('keeps what f32 sums would cancel away', () => {
    const a = Float32Array.of(2 ** 24, 1, -(2 ** 24), 0, 2 ** -20);
    expect(dot(a, Float32Array.of(1, 1, 1, 1, 1))).toBe(1 + 2 ** -20);
    const odd = 1 + 2 ** -23;
    expect(dot(Float32Array.of(odd), Float32Array.of(odd))).toBe(Math.fround(odd * odd));
  });
});

describe('absoluteSum', () => {
  it.each([0, 1, 3, 4, 7, 8])('sums %i magnitudes', (length) => {
    const a = Float32Array.from({ length }, (_, i) => (i % 2 === 0 ? i + 1 : -i - 1));
    expect(absoluteSum(a)).toBe((length * (length + 1)) / 2);
  });

  it('is NaN or infinite when an element is', () => {
    expect(absoluteSum(Float32Array.of(1, Number.NaN))).toBeNaN();
    expect(absoluteSum(Float32Array.of(1, -Infinity))).toBe(Infinity);
  });
});
