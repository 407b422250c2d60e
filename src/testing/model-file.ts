import { elementCount } from '../formats/model.ts';
import { layOut } from '../formats/safetensors/write.ts';
import type { Dtype, FloatDtype } from '../numerics/dtype.ts';
import { encode } from './encode.ts';

export type TestTensor = {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
};

/** A tensor of `dtype`: given values are repeated to fill the shape; without any, 1, 2, 3, … */
export function tensor(
  dtype: FloatDtype,
  shape: readonly number[],
  values?: readonly number[],
): TestTensor {
  const count = elementCount(shape);
  const filled = Array.from({ length: count }, (_, i) => values?.[i % values.length] ?? i + 1);
  return { dtype, shape, bytes: encode(filled, dtype) };
}

export const f32 = (shape: readonly number[], values?: readonly number[]) =>
  tensor('F32', shape, values);
export const f16 = (shape: readonly number[], values?: readonly number[]) =>
  tensor('F16', shape, values);
export const bf16 = (shape: readonly number[], values?: readonly number[]) =>
  tensor('BF16', shape, values);

/** Whole numbers of up to 32 bits, repeated to fill the shape; zeros without any. */
export function whole(
  dtype: 'U8' | 'I8' | 'I32' | 'U32',
  shape: readonly number[],
  values: readonly number[] = [0],
): TestTensor {
  const filled = Array.from({ length: elementCount(shape) }, (_, i) => values[i % values.length]);
  const bytes = dtype.endsWith('8') ? Uint8Array.from(filled) : words(filled);
  return { dtype, shape, bytes };
}

const words = (values: readonly number[]) => new Uint8Array(new Uint32Array(values).buffer);

/** A tensor that is copied, never computed. */
export function i64(shape: readonly number[], values: readonly number[]): TestTensor {
  const bytes = new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer);
  return { dtype: 'I64', shape, bytes };
}

/** The bytes of a safetensors file. */
export function modelFile(
  tensors: Readonly<Record<string, TestTensor>>,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Uint8Array<ArrayBuffer> {
  const specs = Object.entries(tensors).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const layout = layOut(specs, metadata);
  const file = new Uint8Array(layout.byteLength);
  file.set(layout.header);
  for (const { name, begin } of layout.tensors) file.set(tensors[name].bytes, begin);
  return file;
}
