import { describe, expect, it } from 'vitest';
import type { NarrowDtype } from './bits.ts';
import { decode } from './decode.ts';

/** The value of a code from the definition of the format, field by field. */
function valueByDefinition(code: number, exponentBits: number, mantissaBits: number, fn: boolean) {
  const bias = 2 ** (exponentBits - 1) - 1;
  const sign = code >> (exponentBits + mantissaBits) === 1 ? -1 : 1;
  const exponent = (code >> mantissaBits) % 2 ** exponentBits;
  const mantissa = code % 2 ** mantissaBits;
  const top = exponent === 2 ** exponentBits - 1;
  if (fn ? top && mantissa === 2 ** mantissaBits - 1 : top && mantissa !== 0) return Number.NaN;
  if (top && !fn) return sign * Infinity;
  if (exponent === 0) return sign * mantissa * 2 ** (1 - bias - mantissaBits);
  return sign * (2 ** mantissaBits + mantissa) * 2 ** (exponent - bias - mantissaBits);
}

const formats: [NarrowDtype, number, number, boolean][] = [
  ['F16', 5, 10, false],
  ['BF16', 8, 7, false],
  ['F8_E4M3', 4, 3, true],
  ['F8_E5M2', 5, 2, false],
];

describe('decode', () => {
  it.each(formats)('gives every %s code its value', (dtype, exponentBits, mantissaBits, fn) => {
    const bits = 1 + exponentBits + mantissaBits;
    const codes = Array.from({ length: 2 ** bits }, (_, code) => code);
    const bytes = new Uint8Array((bits === 8 ? Uint8Array : Uint16Array).from(codes).buffer);
    const out = new Float32Array(codes.length);
    decode(bytes, dtype, out);
    const wrong = codes.filter(
      (code) => !Object.is(out[code], valueByDefinition(code, exponentBits, mantissaBits, fn)),
    );
    expect(wrong).toEqual([]);
  });

  it('knows some values by heart', () => {
    const out = new Float32Array(4);
    decode(Uint8Array.of(0x7e, 0x7f, 0x01, 0xc0), 'F8_E4M3', out);
    expect([...out]).toEqual([448, Number.NaN, 2 ** -9, -2]);
    decode(Uint8Array.of(0x7b, 0x7c, 0x7e, 0x80), 'F8_E5M2', out);
    expect([...out]).toEqual([57344, Infinity, Number.NaN, -0]);
    decode(Uint8Array.of(0xff, 0x7b, 0x01, 0x00, 0x00, 0xfc, 0x00, 0x3c), 'F16', out);
    expect([...out]).toEqual([65504, 2 ** -24, -Infinity, 1]);
  });

  it('copies F32 bit by bit and rounds F64', () => {
    const words = Uint32Array.of(0x7fa00001, 0x80000000, 1, 0x3f800000);
    const out = new Float32Array(4);
    decode(new Uint8Array(words.buffer), 'F32', out);
    expect([...new Uint32Array(out.buffer)]).toEqual([...words]);
    decode(new Uint8Array(Float64Array.of(0.1, 1e300, -0, 1 + 2 ** -24).buffer), 'F64', out);
    expect([...out]).toEqual([Math.fround(0.1), Infinity, -0, 1]);
  });

  it.each(['F64', 'F32', 'F16', 'BF16'] as const)('reads %s at an odd address', (dtype) => {
    const whole = Uint8Array.from({ length: 41 }, (_, i) => 0x3e + (i % 3));
    const odd = new Float32Array(3);
    const even = new Float32Array(3);
    decode(whole.subarray(1), dtype, odd);
    decode(whole.slice(1), dtype, even);
    expect(odd).toEqual(even);
    expect(odd.every((value) => value !== 0)).toBe(true);
  });

  it('says how many bytes are missing', () => {
    expect(() => decode(new Uint8Array(5), 'BF16', new Float32Array(3))).toThrow(
      '3 BF16 values need 6 bytes, got 5',
    );
  });
});
