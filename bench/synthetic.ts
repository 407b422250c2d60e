/**
 * Models for the benchmarks, the same ones every time: a normal base and fine-tunes a hundredth of that
 * away, in bf16. One tile of weights a model is computed, and its file is that tile over and over, so that
 * models of any size are made as fast as bytes can be written, or without writing them at all.
 */

import { type Layout, layOut, type TensorSpec } from '../src/formats/safetensors/write.ts';
import { bytesPerElement, type Dtype, type FloatDtype } from '../src/numerics/dtype.ts';
import { encode } from '../src/numerics/encode.ts';

/** Weights of `model`, or of the base all of them were tuned from when it is 0. */
export function weightsOf(
  model: number,
  count: number,
  dtype: FloatDtype,
): Uint8Array<ArrayBuffer> {
  const values = new Float32Array(count);
  const base = normals(1);
  const own = normals(1 + model);
  const apart = model === 0 ? 0 : 0.0002;
  for (let i = 0; i < count; i++) values[i] = 0.02 * base() + apart * own();
  const bytes = new Uint8Array(count * bytesPerElement(dtype));
  encode(values, dtype, bytes);
  return bytes;
}

/** Nearly normal numbers of deviation 0.58: four uniform ones less their mean. */
function normals(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => uniform() + uniform() + uniform() + uniform() - 2;
}

/** Elements of a tile. */
export const TILE = 4 * 2 ** 20;

/** Tensors that are all alike, or the many tiny ones. */
export type Shape =
  | {
      readonly kind: 'equal';
      readonly tensors: number;
      readonly elements: number;
      /**
       * I16 for tables that a merge copies: the same bytes by another name, and beside them one small
       * tensor of floats, since a merge of none is refused. Weights in whole numbers would be codes.
       */
      readonly dtype: Extract<Dtype, 'BF16' | 'I16'>;
    }
  | { readonly kind: 'tiny'; readonly tensors: number };

/** Tensors of `TILE` elements each. */
export const tiles = (tensors: number, dtype: 'BF16' | 'I16' = 'BF16'): Shape => {
  return { kind: 'equal', tensors, elements: TILE, dtype };
};

export function layoutOf(shape: Shape): Layout {
  const specs = Array.from({ length: shape.tensors }, (_, i): TensorSpec => {
    if (shape.kind === 'equal') {
      const part = shape.dtype === 'I16' ? 'table' : 'weight';
      const name = `model.layers.${String(i).padStart(3, '0')}.${part}`;
      return { name, dtype: shape.dtype, shape: [shape.elements / 256, 256] };
    }
    // 8 to 2,048 elements, 200 tensors a layer.
    const name = `model.layers.${Math.floor(i / 200)}.parts.${i % 200}.weight`;
    return { name, dtype: 'BF16', shape: [2 ** (i % 9), 8] };
  });
  if (shape.kind === 'equal' && shape.dtype === 'I16') {
    specs.push({ name: 'model.norm.weight', dtype: 'BF16', shape: [256] });
  }
  return layOut(specs, { format: 'pt' });
}

export function parametersOf(shape: Shape): number {
  const { header, byteLength } = layoutOf(shape);
  return (byteLength - header.length) / 2;
}
