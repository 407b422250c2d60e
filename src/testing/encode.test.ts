import { expect, test } from 'vitest';
import { decode, encode } from './encode.ts';

const hex = (values: number[], dtype: Parameters<typeof encode>[1]) =>
  Buffer.from(encode(values, dtype)).toString('hex');

test('values encode to the bit patterns of the standards', () => {
  expect(hex([1, -2, 65504, 2 ** -24], 'F16')).toBe('003c00c0ff7b0100');
  expect(hex([1, -2, 3.140625], 'BF16')).toBe('803f00c04940');
  expect(hex([1, -2, 448], 'F8_E4M3')).toBe('38c07e');
  expect(hex([1, -2, 57344], 'F8_E5M2')).toBe('3cc07b');
});

test('halves round to even', () => {
  expect(decode(encode([2049, 2051], 'F16'), 'F16')).toEqual([2048, 2052]);
});

test('too large is infinity, or NaN where the type has no infinity', () => {
  expect(decode(encode([1e6, -1e6], 'F16'), 'F16')).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  expect(decode(encode([1e6], 'F8_E4M3'), 'F8_E4M3')).toEqual([Number.NaN]);
});

test.each(['F16', 'BF16', 'F8_E4M3', 'F8_E5M2'] as const)(
  'every %s code decodes and encodes to itself',
  (dtype) => {
    const wide = dtype === 'F16' || dtype === 'BF16';
    const codes = wide
      ? new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer)
      : Uint8Array.from({ length: 256 }, (_, i) => i);
    const values = decode(codes, dtype);
    const again = decode(encode(values, dtype), dtype);
    expect(again.findIndex((value, i) => !Object.is(value, values[i]))).toBe(-1);
  },
);
