import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import golden from '../../testing/goldens/gguf.json';
import { bytesOf, encodeAs, ggufTypes, typeFor } from './types.ts';

/** As `values` of tools/goldens/gguf_files.py. */
function values(count: number, [low, high]: readonly number[]): Float32Array {
  const words = new Uint32Array(count);
  let state = 1;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const exponent = low + ((state >>> 8) % (high - low));
    const mantissa = Math.floor((state * 7) / 32) % 2 ** 23;
    words[i] = ((state & 0x80000000) | (exponent << 23) | mantissa) >>> 0;
  }
  return new Float32Array(words.buffer);
}

describe.each(Object.entries(golden.encoded))('%s values', (_, wanted) => {
  test.each(ggufTypes)('as %s are the bytes of gguf-py', (type) => {
    const given = values(32 * 64, wanted.exponents).fill(0, 32, 64);
    const bytes = new Uint8Array(bytesOf(type, given.length));
    expect(encodeAs(given, type, bytes)).toEqual({ saturated: 0, nonFinite: 0 });
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(wanted[type]);
  });
});

test('a block of Q8_0 is a scale in F16 and 32 signed bytes, halves rounded away from zero', () => {
  const block = new Float32Array(32);
  block.set([127, 0.5, -0.5, 1.5, -2.5, 0.49]);
  const bytes = new Uint8Array(34);
  encodeAs(block, 'Q8_0', bytes);
  expect([...bytes.subarray(0, 2)]).toEqual([0x00, 0x3c]);
  expect([...new Int8Array(bytes.buffer, 2, 6)]).toEqual([127, 1, -1, 2, -3, 0]);
});

test('NaN, infinity and scales beyond F16 are counted', () => {
  const block = new Float32Array(64);
  block.set([Number.NaN, Infinity]);
  block[40] = 127 * 70_000;
  expect(encodeAs(block, 'Q8_0', new Uint8Array(68))).toEqual({ saturated: 1, nonFinite: 2 });
});

test('one dimension is F32, and rows that are no whole blocks stay F16', () => {
  expect(typeFor([128], 'Q8_0')).toBe('F32');
  expect(typeFor([128, 400], 'Q8_0')).toBe('F16');
  expect(typeFor([400, 128], 'Q8_0')).toBe('Q8_0');
  expect(typeFor([128, 400], 'BF16')).toBe('BF16');
});
