import { readPlane } from '../engine/tensor/planes.ts';
import { readCodes } from '../formats/codes/read-codes.ts';
import { elementCount, isComputed, type StoredTensor } from '../formats/model.ts';
import type { FloatDtype } from '../numerics/dtype.ts';
import type { PlaneRef } from '../plan/types.ts';
import { decode } from './encode.ts';
import { countingSource, memorySource } from './memory-source.ts';
import type { TestTensor } from './model-file.ts';

type Config = Readonly<Record<string, unknown>> | null;

/** Tensors that lie one after the other in one file, as a model reads them. */
export function openCodes(tensors: Readonly<Record<string, TestTensor>>, config: Config = null) {
  const stored = new Map<string, StoredTensor>();
  const bytes: number[] = [];
  for (const [name, { dtype, shape, bytes: own }] of Object.entries(tensors)) {
    const begin = bytes.length;
    for (const byte of own) bytes.push(byte);
    stored.set(name, { name, dtype, shape, file: 0, begin, end: bytes.length });
  }
  const counted = countingSource(memorySource('model.safetensors', new Uint8Array(bytes)));
  const read = readCodes([{ tensors: stored, config }]);
  const plane = (name: string, dtype?: FloatDtype): PlaneRef => {
    const entry = read.tensors.get(name)!;
    if (!isComputed(entry)) {
      const { file, begin, end } = entry;
      return { model: 'm', file, begin, end, dtype: entry.dtype as FloatDtype };
    }
    const inputs = entry.inputs.map(({ file, begin, end }) => ({ model: 'm', file, begin, end }));
    const to = elementCount(entry.shape);
    return { dtype: dtype ?? entry.dtype, from: 0, to, formula: entry.formula, inputs };
  };
  const sources = { weights: () => counted, companion: () => counted };

  /** The raw bytes of `count` elements from `first` on. */
  async function bytesOf(
    name: string,
    first = 0,
    count?: number,
    budget = 2 ** 30,
    dtype?: FloatDtype,
  ) {
    const wanted = count ?? elementCount(read.tensors.get(name)!.shape) - first;
    const reader = { sources, tensor: name, budget };
    return readPlane(plane(name, dtype), first, wanted, reader, new AbortController().signal);
  }

  return {
    ...read,
    plane,
    source: counted,
    bytesOf,
    /** All values of a tensor, as numbers of its dtype. */
    async valuesOf(name: string, dtype?: FloatDtype): Promise<number[]> {
      const ref = plane(name, dtype);
      return decode(await bytesOf(name, 0, undefined, 2 ** 30, dtype), ref.dtype);
    },
  };
}
