import { INFINITY_BITS, narrow, narrowCode } from './bits.ts';

/** Precisions that a step of the arithmetic may be rounded to. */
export type WorkDtype = 'F32' | 'F16' | 'BF16';

const value = new Float32Array(1);
const word = new Uint32Array(value.buffer);

/**
 * The function that rounds one intermediate result: to f32 and from there to `dtype`, ties to even,
 * overflow to infinity, as a tensor library stores the result of an operation. F32 is `Math.fround`
 * itself, which engines compile to one instruction.
 */
export function roundTo(dtype: WorkDtype): (v: number) => number {
  switch (dtype) {
    case 'F32':
      return Math.fround;
    case 'BF16':
      return roundBF16;
    case 'F16':
      return roundF16;
    default:
      return dtype satisfies never;
  }
}

function roundBF16(v: number): number {
  value[0] = v;
  const bits = word[0];
  if ((bits & 0x7fffffff) > INFINITY_BITS) return v;
  word[0] = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
  return value[0];
}

function roundF16(v: number): number {
  value[0] = v;
  const magnitude = word[0] & 0x7fffffff;
  if (magnitude >= INFINITY_BITS) return v;
  const { mantissaBits, bias, largest } = narrow.F16;
  const code = narrowCode(magnitude, mantissaBits, bias);
  if (code > largest) return v < 0 ? -Infinity : Infinity;
  const exponent = code >>> mantissaBits;
  // Subnormals are whole multiples of 2⁻²⁴; normals only move their fields, 112 = 127 − 15.
  if (exponent === 0) {
    const subnormal = code * 2 ** -24;
    return word[0] >>> 31 ? -subnormal : subnormal;
  }
  word[0] = (word[0] & 0x80000000) | ((code << 13) + (112 << 23));
  return value[0];
}
