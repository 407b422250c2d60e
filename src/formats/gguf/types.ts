import type { FloatDtype } from '../../numerics/dtype.ts';
import { encode } from '../../numerics/encode.ts';

/** How a GGUF stores the values of a tensor. */
export const ggufTypes = ['F16', 'BF16', 'Q8_0', 'F32'] as const;
export type GgufType = (typeof ggufTypes)[number];

/** Number of a type in a tensor's entry, and of a file that is mostly of this type. */
export const typeCode: Readonly<Record<GgufType, number>> = { F32: 0, F16: 1, Q8_0: 8, BF16: 30 };
export const fileTypeCode: Readonly<Record<GgufType, number>> = {
  ...{ F32: 0, F16: 1, Q8_0: 7, BF16: 32 },
};

/** Elements of a block of Q8_0, and its bytes: one F16 scale, then one signed byte an element. */
const BLOCK = 32;
const BLOCK_BYTES = 34;

/** The dtype that a type other than Q8_0 is. */
const dtypeOf = { F32: 'F32', F16: 'F16', BF16: 'BF16' } as const satisfies Record<
  Exclude<GgufType, 'Q8_0'>,
  FloatDtype
>;

/**
 * What a tensor is stored as in a file of type `wanted`, as llama.cpp's converter has it: of one dimension F32, and rows
 * that are no whole number of blocks F16 instead of Q8_0.
 */
export function typeFor(shape: readonly number[], wanted: GgufType): GgufType {
  if (shape.length <= 1) return 'F32';
  return wanted === 'Q8_0' && shape.at(-1)! % BLOCK !== 0 ? 'F16' : wanted;
}

/** Bytes of so many elements; of Q8_0 a multiple of 32. */
export function bytesOf(type: GgufType, elements: number): number {
  if (type === 'Q8_0') return (elements / BLOCK) * BLOCK_BYTES;
  return elements * (type === 'F32' ? 4 : 2);
}

/** What does not come out as it went in. */
export type Lost = {
  /** Finite values beyond the largest one of the type, stored as that. */
  readonly saturated: number;
  /** NaN and infinity. Q8_0 has neither: what it stores for their block is of no use. */
  readonly nonFinite: number;
};

/**
 * f32 values as `type`, little-endian: for finite values within the type's range the bytes of gguf-py's quantiser. `out`
 * holds exactly `bytesOf(type, values.length)`.
 */
export function encodeAs(values: Float32Array, type: GgufType, out: Uint8Array<ArrayBuffer>): Lost {
  if (type !== 'Q8_0') return encode(values, dtypeOf[type], out);
  let nonFinite = 0;
  const blocks = values.length / BLOCK;
  if (out.length !== blocks * BLOCK_BYTES) {
    throw new RangeError(`${values.length} values are no ${out.length} bytes of Q8_0`);
  }
  const scales = new Float32Array(blocks);
  const { fround, abs, floor } = Math;
  for (let block = 0; block < blocks; block++) {
    const first = block * BLOCK;
    let largest = 0;
    for (let i = first; i < first + BLOCK; i++) {
      const size = abs(values[i]);
      if (size > largest) largest = size;
      if (!(size < Infinity)) nonFinite++;
    }
    const scale = fround(largest / 127);
    scales[block] = scale;
    const inverse = scale === 0 ? 0 : fround(1 / scale);
    const at = block * BLOCK_BYTES + 2;
    for (let k = 0; k < BLOCK; k++) {
      const x = fround(values[first + k] * inverse);
      const size = abs(x);
      const whole = floor(size);
      // Half away from zero. The fraction and its double are exact.
      const rounded = whole + floor(2 * (size - whole));
      out[at + k] = x < 0 ? -rounded : rounded;
    }
  }
  const halves = new Uint8Array(blocks * 2);
  const { saturated } = encode(scales, 'F16', halves);
  for (let block = 0; block < blocks; block++) {
    out.set(halves.subarray(2 * block, 2 * block + 2), block * BLOCK_BYTES);
  }
  return { saturated, nonFinite };
}
