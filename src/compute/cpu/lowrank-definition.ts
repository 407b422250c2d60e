/** Products of two matrices, as they are defined. */
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';

/** What a product is added to: rows of a stored tensor. */
export type Base = { readonly dtype: FloatDtype; readonly bytes: Uint8Array<ArrayBuffer> };

/** How rows of a matrix are used: times a scale, an f32, and added to rows of the base if there is one. */
export type Use = { readonly scale: number; readonly base: Base | null };
export const ALONE: Use = { scale: 1, base: null };

/**
 * Writes base + scale · left · right to `out`, all row by row; `left` has `rows` rows. Every sum begins at
 * zero and takes its terms in ascending order; product, sum, scaling and addition are each rounded to f32.
 */
export type Multiply = (left: Float32Array, rows: number, out: Float32Array, use: Use) => void;

/** Multiplies by a matrix of `depth` rows and `columns` columns, given row by row. */
export type MultiplyBy = (right: Float32Array, depth: number, columns: number) => Multiply;

/** The definition, in TypeScript; lowrank.wgsl gives the same bytes. */
export const multiplyPlainly: MultiplyBy = (right, depth, columns) => (left, rows, out, use) => {
  for (let i = 0; i < rows; i++) {
    const line = out.subarray(i * columns, (i + 1) * columns).fill(0);
    for (let k = 0; k < depth; k++) {
      const factor = left[i * depth + k];
      for (let j = 0; j < columns; j++) {
        line[j] += Math.fround(factor * right[k * columns + j]);
      }
    }
  }
  apply(use, out);
};

/** What is done with rows that were formed; they are `values`, and what is made of them. */
export function apply({ scale, base }: Use, values: Float32Array): void {
  if (base === null) {
    if (scale !== 1) for (let i = 0; i < values.length; i++) values[i] *= scale;
    return;
  }
  const weights = new Float32Array(values.length);
  decode(base.bytes, base.dtype, weights);
  for (let i = 0; i < values.length; i++) {
    values[i] = weights[i] + Math.fround(values[i] * scale);
  }
}

/** What elements [from, to) are used for. */
export function partOf({ scale, base }: Use, from: number, to: number): Use {
  if (base === null) return { scale, base };
  const size = bytesPerElement(base.dtype);
  return { scale, base: { ...base, bytes: base.bytes.subarray(from * size, to * size) } };
}
