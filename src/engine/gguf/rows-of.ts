import { BLOCK_ELEMENTS, changed, gridOf, transposeInto } from '../../formats/gguf/change.ts';
import type { GgufJob } from '../../formats/gguf/plan.ts';
import { elementCount, type TensorEntry } from '../../formats/model.ts';
import { decode } from '../../numerics/decode.ts';
import { planeOf } from '../../plan/jobs.ts';
import type { PlaneRef } from '../../plan/types.ts';
import type { Sources } from '../library/sources.ts';
import { type PlaneReader, readPlane } from '../tensor/planes.ts';

/** Gives values of any tensor of one model, wherever they lie and however they are stored. */
export type Values = (first: number, count: number) => Promise<Float32Array>;

export type Reading = {
  /** Its id. */
  readonly model: string;
  readonly sources: Sources;
  /** Bytes that may be held. */
  readonly budget: number;
  readonly signal: AbortSignal;
};

/** Rows [from, to) of what a job writes, as f32. */
export type Rows = (from: number, to: number) => Promise<Float32Array>;

export function rowsOf(job: GgufJob, reading: Reading): Rows {
  const { columns } = gridOf(job.shape);
  if (!('source' in job)) return async (from, to) => Float32Array.from(job.values.slice(from, to));
  const values = valuesOf(job.source, reading);
  if (job.change.kind !== 'transpose') {
    return async (from, to) => changed(await values(from * columns, (to - from) * columns), job);
  }
  const source = gridOf(job.source.shape);
  const step = Math.max(1, Math.floor(BLOCK_ELEMENTS / source.columns));
  return async (from, to) => {
    const out = new Float32Array((to - from) * columns);
    for (let row = 0; row < source.rows; row += step) {
      const count = Math.min(step, source.rows - row);
      const read = await values(row * source.columns, count * source.columns);
      transposeInto(out, columns, from, read, source.columns, row);
    }
    return out;
  };
}

function valuesOf(source: TensorEntry, { model, sources, budget, signal }: Reading): Values {
  const plane: PlaneRef = planeOf(model, source, 0, elementCount(source.shape), 'F32');
  const reader: PlaneReader = { sources, tensor: source.name, budget };
  return async (first, count) => {
    const values = new Float32Array(count);
    if (count > 0)
      decode(await readPlane(plane, first, count, reader, signal), plane.dtype, values);
    return values;
  };
}
