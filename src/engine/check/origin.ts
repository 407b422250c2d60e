import { spansOfPlane } from '../../plan/planes.ts';
import type { Job, Part, PlaneRef } from '../../plan/types.ts';
import type { Sources } from '../library/sources.ts';
import { planeBlocks } from '../tensor/blocks.ts';
import { countNonFinite, type NonFinite } from './nonfinite.ts';

export type Origin = { readonly model: string; readonly found: NonFinite };

export type OriginOptions = {
  readonly sources: Sources;
  /** Bytes that reading may take. */
  readonly budget: number;
  readonly signal: AbortSignal;
};

/**
 * NaN and infinity in what a tensor was computed from, by model; models without any are left out. Reads the
 * inputs once more, so it is for the few tensors that hold such values.
 */
export async function originsOf(job: Job, options: OriginOptions): Promise<readonly Origin[]> {
  const origins = new Map<string, NonFinite>();
  for (const part of job.parts) {
    for (const ref of planesOf(part)) {
      const found = await countIn(ref, part, job, options);
      const [{ model }] = spansOfPlane(ref);
      const known = origins.get(model) ?? { nan: 0, infinite: 0 };
      origins.set(model, plus(known, found));
    }
  }
  return [...origins]
    .map(([model, found]) => ({ model, found }))
    .filter(({ found }) => found.nan + found.infinite > 0);
}

function planesOf(part: Part): readonly PlaneRef[] {
  if (part.kind === 'copy') return [];
  if (part.kind === 'cast') return [part.plane];
  return part.base === null ? part.planes : [part.base, ...part.planes];
}

async function countIn(
  ref: PlaneRef,
  part: Part,
  { tensor }: Job,
  { sources, budget, signal }: OriginOptions,
): Promise<NonFinite> {
  const elementCount = part.kind === 'copy' ? 0 : part.elementCount;
  const planes = { models: [ref], base: null, readAs: 'F32' as const, elementCount };
  const blocks = planeBlocks(planes, { sources, tensor, outputBytes: 0, budget });
  let sum: NonFinite = { nan: 0, infinite: 0 };
  for await (const block of blocks.read(signal)) {
    sum = plus(sum, countNonFinite(new Uint8Array(block.planes[0]), blocks.dtypes[0]));
  }
  return sum;
}

function plus(a: NonFinite, b: NonFinite): NonFinite {
  return { nan: a.nan + b.nan, infinite: a.infinite + b.infinite };
}
