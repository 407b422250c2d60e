import { describe, expect, it } from 'vitest';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { roundSumTo, roundTo, settle } from './round.ts';

describe('roundSumTo', () => {
  it('rounds a sum to BF16, whose range is that of f32, and never to F16', () => {
    expect(roundSumTo('BF16')(257)).toBe(256);
    expect(roundSumTo('F16')(70_001)).toBe(70_001);
    expect(roundSumTo('F32')(2 ** 24 + 1)).toBe(2 ** 24);
  });
});

describe('roundTo', () => {
  it('is Math.fround itself for F32', () => {
    expect(roundTo('F32')).toBe(Math.fround);
  });

  it.each([
    ['F16', 65520],
    ['BF16', 2 ** 128 - 2 ** 119],
  ] as const)('gives what %s stores, sign of zero included', (dtype, overflow) => {
    const round = roundTo(dtype);
    // Every upper half of an f32 with lower halves around the ties of BF16, and around those of F16.
    const lower = [0, 1, 0x0fff, 0x1000, 0x1001, 0x3000, 0x7fff, 0x8000, 0x8001, 0xf000, 0xffff];
    const words = Uint32Array.from({ length: lower.length << 16 }, (_, i) => {
      return ((i << 16) | lower[i >>> 16]) >>> 0;
    });
    const values = new Float32Array(words.buffer).filter((value) => Math.abs(value) < overflow);
    const bytes = new Uint8Array(values.length * 2);
    const stored = new Float32Array(values.length);
    encode(values, dtype, bytes);
    decode(bytes, dtype, stored);
    expect(values.length).toBeGreaterThan(300_000);
    expect(values.filter((value, i) => !Object.is(round(value), stored[i]))).toEqual(
      new Float32Array(0),
    );
  });

  it('overflows to infinity, as tensor libraries do between steps', () => {
    expect(roundTo('F16')(65519)).toBe(65504);
    expect(roundTo('F16')(65520)).toBe(Infinity);
    expect(roundTo('BF16')(2 ** 128 - 2 ** 119)).toBe(Infinity);
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

  it.each(['F16', 'BF16'] as const)('rounds whole blocks to %s alike', (dtype) => {
    const round = roundTo(dtype);
    const lower = [0, 1, 0x0fff, 0x1000, 0x1001, 0x3000, 0x7fff, 0x8000, 0x8001, 0xf000, 0xffff];
    const words = Uint32Array.from({ length: lower.length << 16 }, (_, i) => {
      return ((i << 16) | lower[i >>> 16]) >>> 0;
    });
    const values = new Float32Array(words.buffer);
    const settled = values.slice();
    settle(settled, round);
    expect(values.filter((value, i) => !Object.is(round(value), settled[i]))).toEqual(
      new Float32Array(0),
    );
  });
});
