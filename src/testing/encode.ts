import type { FloatDtype } from '../numerics/dtype.ts';

/** Exponent bits, mantissa bits, and whether the top exponent means infinity. */
const formats = {
  F16: { exponent: 5, mantissa: 10, infinity: true },
  BF16: { exponent: 8, mantissa: 7, infinity: true },
  F8_E5M2: { exponent: 5, mantissa: 2, infinity: true },
  F8_E4M3: { exponent: 4, mantissa: 3, infinity: false },
} as const;

/** Little-endian bytes of `values`. Written apart from `src/numerics`, by arithmetic instead of bits. */
export function encode(values: readonly number[], dtype: FloatDtype): Uint8Array<ArrayBuffer> {
  if (dtype === 'F32') return new Uint8Array(new Float32Array(values).buffer);
  if (dtype === 'F64') return new Uint8Array(new Float64Array(values).buffer);
  const codes = values.map((value) => minifloat(value, formats[dtype]));
  const wide = dtype === 'F16' || dtype === 'BF16';
  return wide ? new Uint8Array(new Uint16Array(codes).buffer) : new Uint8Array(codes);
}

/** The values behind `bytes`. */
export function decode(bytes: Uint8Array, dtype: FloatDtype): number[] {
  const buffer = new Uint8Array(bytes).buffer;
  if (dtype === 'F32') return [...new Float32Array(buffer)];
  if (dtype === 'F64') return [...new Float64Array(buffer)];
  const wide = dtype === 'F16' || dtype === 'BF16';
  const codes = wide ? new Uint16Array(buffer) : new Uint8Array(buffer);
  return [...codes].map((code) => fromMinifloat(code, formats[dtype]));
}

type Format = { readonly exponent: number; readonly mantissa: number; readonly infinity: boolean };

/** Rounds to nearest, halves to even; too large becomes infinity, or NaN where there is none. */
function minifloat(value: number, { exponent, mantissa, infinity }: Format): number {
  const sign = value < 0 || Object.is(value, -0) ? 2 ** (exponent + mantissa) : 0;
  const top = (2 ** exponent - 1) * 2 ** mantissa;
  const nan = infinity ? top + 2 ** (mantissa - 1) : top + 2 ** mantissa - 1;
  if (Number.isNaN(value)) return nan;
  const magnitude = Math.abs(value);
  const bias = 2 ** (exponent - 1) - 1;
  if (magnitude === Number.POSITIVE_INFINITY) return infinity ? sign + top : nan;
  const power = Math.max(Math.floor(Math.log2(magnitude || 2 ** -1022)), 1 - bias);
  const steps = roundHalfEven(magnitude / 2 ** (power - mantissa));
  const code = steps + (power - 1 + bias) * 2 ** mantissa;
  const last = infinity ? top - 1 : nan - 1;
  return sign + (code > last ? (infinity ? top : nan) : code);
}

function fromMinifloat(code: number, { exponent, mantissa, infinity }: Format): number {
  const bias = 2 ** (exponent - 1) - 1;
  const sign = code >= 2 ** (exponent + mantissa) ? -1 : 1;
  const magnitude = code % 2 ** (exponent + mantissa);
  const power = Math.floor(magnitude / 2 ** mantissa);
  const fraction = magnitude % 2 ** mantissa;
  const isTop = power === 2 ** exponent - 1;
  if (isTop && infinity) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (isTop && fraction === 2 ** mantissa - 1) return Number.NaN;
  if (power === 0) return sign * fraction * 2 ** (1 - bias - mantissa);
  return sign * (2 ** mantissa + fraction) * 2 ** (power - bias - mantissa);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
}
