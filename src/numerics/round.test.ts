import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { roundTo } from './round.ts';

describe('roundTo', () => {
  it('is Math.fround itself for F32', () => {
    expect(roundTo('F32')).toBe(Math.fround);
  });

  it.each(['F16', 'BF16'] as const)('gives what %s stores', (dtype) => {
    const round = roundTo(dtype);
    const fits = { min: -65504, max: 65504, noNaN: true };
    fc.assert(
      fc.property(
        fc.oneof(fc.float(fits), fc.float({ min: -(2 ** -13), max: 2 ** -13, noNaN: true })),
        (value) => {
          const bytes = new Uint8Array(2);
          const stored = new Float32Array(1);
          encode(Float32Array.of(value), dtype, bytes);
          decode(bytes, dtype, stored);
          expect(round(value)).toBe(stored[0]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('overflows to infinity, as tensor libraries do between steps', () => {
    expect(roundTo('F16')(65519)).toBe(65504);
    expect(roundTo('F16')(65520)).toBe(Infinity);
    expect(roundTo('F16')(-1e30)).toBe(-Infinity);
    expect(roundTo('BF16')(3.4e38)).toBe(Infinity);
    expect(roundTo('BF16')(-1e300)).toBe(-Infinity);
  });

  it.each(['F16', 'BF16', 'F32'] as const)('leaves special values alone in %s', (dtype) => {
    const round = roundTo(dtype);
    expect(round(Number.NaN)).toBeNaN();
    expect(round(Infinity)).toBe(Infinity);
    expect(round(-Infinity)).toBe(-Infinity);
    expect(round(-0)).toBe(-0);
    expect(round(-1e-320)).toBe(-0);
  });

  it('goes through f32, so a value just above a half rounds twice', () => {
    expect(roundTo('BF16')(1 + 2 ** -8 + 2 ** -40)).toBe(1);
    expect(roundTo('F16')(1 + 2 ** -11 + 2 ** -40)).toBe(1);
  });
});
