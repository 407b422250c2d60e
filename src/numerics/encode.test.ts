import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NarrowDtype, narrow } from './bits.ts';
import { decode } from './decode.ts';
import { bytesPerElement } from './dtype.ts';
import { encode } from './encode.ts';

const dtypes: NarrowDtype[] = ['F16', 'BF16', 'F8_E4M3', 'F8_E5M2'];

function codesOf(values: Float32Array, dtype: NarrowDtype) {
  const bytes = new Uint8Array(values.length * bytesPerElement(dtype));
  const counts = encode(values, dtype, bytes);
  const codes = narrow[dtype].bits === 8 ? bytes : new Uint16Array(bytes.buffer);
  return { codes, ...counts };
}

/** The finite magnitudes of a format in ascending order; the index is the code. */
const scales = new Map(
  dtypes.map((dtype) => {
    const codes = Array.from({ length: narrow[dtype].largest + 1 }, (_, code) => code);
    const out = new Float32Array(codes.length);
    const store = narrow[dtype].bits === 8 ? Uint8Array.from(codes) : Uint16Array.from(codes);
    decode(new Uint8Array(store.buffer), dtype, out);
    return [dtype, Float64Array.from(out)] as const;
  }),
);

/** The nearest code by comparing distances, the even one when they are equal; exact in f64. */
function nearestCode(value: number, dtype: NarrowDtype): number {
  const scale = scales.get(dtype)!;
  const sign = Object.is(value, -0) || value < 0 ? 2 ** (narrow[dtype].bits - 1) : 0;
  const size = Math.abs(value);
  let low = 0;
  let high = scale.length - 1;
  if (size >= scale[high]) return sign + high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (scale[middle] <= size) low = middle;
    else high = middle;
  }
  const below = size - scale[low];
  const above = scale[high] - size;
  if (below === above) return sign + (low % 2 === 0 ? low : high);
  return sign + (below < above ? low : high);
}

describe.each(dtypes)('encode %s', (dtype) => {
  const scale = scales.get(dtype)!;

  it('gives back every finite code', () => {
    const negative = Float32Array.from(scale, (value) => -value);
    const { codes, saturated, nonFinite } = codesOf(negative, dtype);
    const sign = 2 ** (narrow[dtype].bits - 1);
    expect(Array.from(codes).filter((code, i) => code !== i + sign)).toEqual([]);
    expect(Array.from(codesOf(Float32Array.from(scale), dtype).codes)).toEqual([...scale.keys()]);
    expect([saturated, nonFinite]).toEqual([0, 0]);
  });

  it('rounds halfway cases and their neighbours to nearest even', () => {
    const awkward: number[] = [];
    for (let code = 0; code < scale.length - 1; code++) {
      const half = Math.fround((scale[code] + scale[code + 1]) / 2);
      const word = new Uint32Array(Float32Array.of(half).buffer)[0];
      awkward.push(...new Float32Array(Uint32Array.of(word - 1, word, word + 1).buffer));
    }
    const values = Float32Array.from(awkward).filter((value) => !Number.isNaN(value));
    const { codes } = codesOf(values, dtype);
    const wrong = [...values].filter((value, i) => codes[i] !== nearestCode(value, dtype));
    expect(wrong).toEqual([]);
  });

  it('rounds any finite value to the nearest code', () => {
    const anything = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }));
    const fitting = fc.array(fc.float({ noNaN: true, min: -2, max: 2 }));
    fc.assert(
      fc.property(fc.oneof(anything, fitting), (list) => {
        const values = Float32Array.from(list);
        const expected = list.map((value) => nearestCode(value, dtype));
        expect(Array.from(codesOf(values, dtype).codes)).toEqual(expected);
      }),
    );
  });

  it('stores what rounds beyond the largest value as the largest, and counts it', () => {
    const largest = scale[scale.length - 1];
    const step = largest - scale[scale.length - 2];
    const below = Math.fround(largest + step * 0.4999);
    const half = Math.fround(largest + step / 2);
    const sign = 2 ** (narrow[dtype].bits - 1);
    const top = narrow[dtype].largest;
    // The largest code is even in F8_E4M3 only, so there a half rounds down to it.
    const saturated = dtype === 'F8_E4M3' ? 1 : 3;
    const values = Float32Array.of(largest, below, half, -half, -3.4e38);
    expect(codesOf(values, dtype)).toEqual({
      codes: (narrow[dtype].bits === 8 ? Uint8Array : Uint16Array).of(
        top,
        top,
        top,
        top + sign,
        top + sign,
      ),
      saturated,
      nonFinite: 0,
    });
  });

  it('keeps infinity where there is one, makes every NaN the same, and counts both', () => {
    const { infinity, nan, bits } = narrow[dtype];
    const words = Uint32Array.of(0x7f800000, 0xff800000, 0x7f800001, 0xffc00000, 0);
    const negative = infinity === nan ? nan : infinity + 2 ** (bits - 1);
    const { codes, saturated, nonFinite } = codesOf(new Float32Array(words.buffer), dtype);
    expect(Array.from(codes)).toEqual([infinity, negative, nan, nan, 0]);
    expect([saturated, nonFinite]).toEqual([0, 4]);
  });
});

describe('encode', () => {
  const values = Float32Array.of(1, -0, 1e-45, Infinity, Number.NaN);

  it('writes F32 and F64 exactly, with one NaN', () => {
    const f32 = new Uint8Array(20);
    expect(encode(values, 'F32', f32)).toEqual({ saturated: 0, nonFinite: 2 });
    expect([...new Uint32Array(f32.buffer)]).toEqual([
      0x3f800000, 0x80000000, 1, 0x7f800000, 0x7fc00000,
    ]);
    const f64 = new Uint8Array(40);
    expect(encode(values, 'F64', f64)).toEqual({ saturated: 0, nonFinite: 2 });
    expect([...new Float64Array(f64.buffer)]).toEqual([...values]);
    expect([...new BigUint64Array(f64.buffer)][4]).toBe(0x7ff8000000000000n);
  });

  it.each(['F64', 'F32', 'F16', 'BF16'] as const)('writes %s at an odd address', (dtype) => {
    const size = 5 * bytesPerElement(dtype);
    const odd = new Uint8Array(size + 2).fill(99);
    const even = new Uint8Array(size);
    encode(values, dtype, odd.subarray(1, size + 1));
    encode(values, dtype, even);
    expect([...odd]).toEqual([99, ...even, 99]);
  });

  it('refuses room of another size', () => {
    expect(() => encode(values, 'BF16', new Uint8Array(12))).toThrow(
      '5 BF16 values take 10 bytes, got room for 12',
    );
  });
});
