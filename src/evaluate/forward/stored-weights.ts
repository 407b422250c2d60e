import { isComputed, type TensorEntry } from '../../formats/model.ts';
import { decode } from '../../numerics/decode.ts';
import { isFloatDtype } from '../../numerics/dtype.ts';
import { type Weights, WeightsError } from './loading.ts';

/** The tensors of an open model as weights, read as they are asked for: bytes [begin, end) of a weight file. */
export function storedWeights(
  tensors: ReadonlyMap<string, TensorEntry>,
  read: (file: number, begin: number, end: number) => Promise<Uint8Array<ArrayBuffer>>,
): Weights {
  return {
    shape: (name) => tensors.get(name)?.shape ?? null,
    async read(name) {
      const entry = tensors.get(name);
      if (!entry || isComputed(entry) || !isFloatDtype(entry.dtype)) {
        const found = entry && isComputed(entry) ? entry.scheme : (entry?.dtype ?? 'missing');
        throw new WeightsError(`${name} is ${found}; the forward pass reads stored floats only.`);
      }
      const values = new Float32Array(entry.shape.reduce((product, side) => product * side, 1));
      decode(await read(entry.file, entry.begin, entry.end), entry.dtype, values);
      return values;
    },
  };
}
