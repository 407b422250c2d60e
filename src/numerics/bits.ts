/**
 * The narrow floating-point formats as numbers: sign, exponent and mantissa below 17 bits. F16, BF16 and
 * F8_E5M2 follow IEEE 754; F8_E4M3 is the "fn" variant of the OCP 8-bit specification: no infinity, one
 * NaN per sign, largest finite value 448.
 */
export type Narrow = {
  readonly bits: 8 | 16;
  readonly mantissaBits: number;
  readonly bias: number;
  /** Codes without the sign bit. */
  readonly largest: number;
  readonly infinity: number;
  readonly nan: number;
};

export type NarrowDtype = 'F16' | 'BF16' | 'F8_E4M3' | 'F8_E5M2';

export const narrow: Readonly<Record<NarrowDtype, Narrow>> = {
  F16: { bits: 16, mantissaBits: 10, bias: 15, largest: 0x7bff, infinity: 0x7c00, nan: 0x7e00 },
  BF16: { bits: 16, mantissaBits: 7, bias: 127, largest: 0x7f7f, infinity: 0x7f80, nan: 0x7fc0 },
  F8_E4M3: { bits: 8, mantissaBits: 3, bias: 7, largest: 0x7e, infinity: 0x7f, nan: 0x7f },
  F8_E5M2: { bits: 8, mantissaBits: 2, bias: 15, largest: 0x7b, infinity: 0x7c, nan: 0x7e },
};

/** Bits of an f32 without its sign, from which on it is infinite; above it NaN. */
export const INFINITY_BITS = 0x7f800000;
export const NAN_BITS = 0x7fc00000;

/**
 * Rounds the magnitude bits of a finite f32 to the nearest code of a format narrower in exponent than
 * f32 (F16 and F8), ties to even, subnormals included. The code may lie beyond `largest`; the caller
 * decides between infinity and saturation.
 */
export function narrowCode(magnitudeBits: number, mantissaBits: number, bias: number): number {
  const exponent = magnitudeBits >>> 23;
  const significand = (magnitudeBits & 0x7fffff) | 0x800000;
  // Below the format's normal range each step of the exponent costs one more bit; 25 leaves nothing.
  const shift = Math.min(25, Math.max(23 - mantissaBits, 151 - bias - mantissaBits - exponent));
  const odd = (significand >>> shift) & 1;
  const rounded = (significand + (1 << (shift - 1)) - 1 + odd) >>> shift;
  return rounded + (Math.max(0, exponent - (128 - bias)) << mantissaBits);
}
