import { expect, test } from 'vitest';
import { encode } from '../../testing/encode.ts';
import { countNonFinite } from './nonfinite.ts';

const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minus } = Number;

test.each(['F64', 'F32', 'F16', 'BF16', 'F8_E5M2'] as const)('%s: NaN and both infinities', (d) => {
  expect(countNonFinite(encode([1, nan, inf, 0, minus, nan, 2], d), d)).toEqual({
    nan: 2,
    infinite: 2,
  });
});

test('F8_E4M3 has NaN and no infinity', () => {
  const bytes = Uint8Array.of(0x7f, 0xff, 0x7e, 0x00);
  expect(countNonFinite(bytes, 'F8_E4M3')).toEqual({ nan: 2, infinite: 0 });
});

test('large finite values are finite, in F64 too', () => {
  const bytes = new Uint8Array(new Float64Array([1e300, -1e300, 3]).buffer);
  expect(countNonFinite(bytes, 'F64')).toEqual({ nan: 0, infinite: 0 });
  const mixed = new Uint8Array(new Float64Array([1e300, nan]).buffer);
  expect(countNonFinite(mixed, 'F64')).toEqual({ nan: 1, infinite: 0 });
});

test('bytes at an odd address are read right', () => {
  const padded = new Uint8Array(9);
  padded.set(encode([nan, 1], 'F32'), 1);
  expect(countNonFinite(padded.subarray(1), 'F32')).toEqual({ nan: 1, infinite: 0 });
});
