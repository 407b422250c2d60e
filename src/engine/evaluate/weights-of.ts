import { type Weights, WeightsError } from '../../evaluate/forward/loading.ts';
import { elementCount } from '../../formats/model.ts';
import { decode } from '../../numerics/decode.ts';
import { isFloatDtype } from '../../numerics/dtype.ts';
import { planeOf } from '../../plan/jobs.ts';
import { readPlane } from '../tensor/planes.ts';
import type { Opened } from './candidate.ts';

/** Bytes that one read may hold beside the tensor. */
const budget = 2 ** 27;

/** The tensors of an open model as f32, each read when it is asked for; codes are read as their values. */
export function weightsOf({ model, sources }: Opened, signal: AbortSignal): Weights {
  return {
    shape: (name) => model.tensors.get(name)?.shape ?? null,
    async read(name) {
      const entry = model.tensors.get(name);
      if (!entry || !isFloatDtype(entry.dtype)) {
        const found = entry?.dtype ?? 'missing';
        throw new WeightsError(`“${name}” of ${model.name} is ${found}; it should hold floats.`);
      }
      const count = elementCount(entry.shape);
      const plane = planeOf(model.id, entry, 0, count, 'F32');
      const reader = { sources, tensor: name, budget };
      const bytes = await readPlane(plane, 0, count, reader, signal);
      const values = new Float32Array(count);
      decode(bytes, plane.dtype, values);
      return values;
    },
  };
}
