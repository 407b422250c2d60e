import { describe, expect, it } from 'vitest';
import { floatDtypes } from './dtype.ts';
import { encode } from './encode.ts';
import { hasNonFinite } from './finite.ts';

describe.each(floatDtypes)('hasNonFinite of %s', (dtype) => {
  const bytesOf = (...values: number[]) => {
    const size = dtype === 'F64' ? 8 : dtype === 'F32' ? 4 : dtype.startsWith('F8') ? 1 : 2;
    const bytes = new Uint8Array(values.length * size);
    encode(Float32Array.from(values), dtype, bytes);
    return bytes;
  };

  it('is false for zeros, subnormals and the largest value', () => {
    expect(hasNonFinite(bytesOf(), dtype)).toBe(false);
    expect(hasNonFinite(bytesOf(0, -0, 1e-45, -1e-7, 3.4e38, -3.4e38), dtype)).toBe(false);
  });

  it('is true for NaN and infinity of either sign, at any place', () => {
    expect(hasNonFinite(bytesOf(Number.NaN), dtype)).toBe(true);
    expect(hasNonFinite(bytesOf(1, 2, Infinity), dtype)).toBe(true);
    expect(hasNonFinite(bytesOf(1, -Infinity, 3), dtype)).toBe(true);
  });

  it('reads at an odd address', () => {
    const inner = bytesOf(1, Number.NaN);
    const outer = new Uint8Array(inner.length + 1);
    outer.set(inner, 1);
    expect(hasNonFinite(outer.subarray(1), dtype)).toBe(true);
  });
});
