import { bytesPerElement, isFloatDtype } from '../../numerics/dtype.ts';
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
 * NaN and infinity in what a tensor was computed from, by model; models without any are left out, and so is
 * all of a tensor that is a mere copy. Reads the inputs once more, so it is for the few tensors that hold such
 * values.
 */
export async function originsOf(job: Job, options: OriginOptions): Promise<readonly Origin[]> {
  const origins = new Map<string, NonFinite>();
  if (job.parts.every(({ kind }) => kind === 'copy')) return [];
  for (const part of job.parts) {
    for (const { ref, elementCount } of planesOf(part, job)) {
      const found = await countIn(ref, elementCount, job, options);
      const [{ model }] = spansOfPlane(ref);
      const known = origins.get(model) ?? { nan: 0, infinite: 0 };
      origins.set(model, plus(known, found));
    }
  }
  return [...origins]
    .map(([model, found]) => ({ model, found }))
    .filter(({ found }) => found.nan + found.infinite > 0);
}

type Plane = { readonly ref: PlaneRef; readonly elementCount: number };

/** Copied rows beside merged ones, as those of tokens that only the base has, are an input like the others. */
function planesOf(part: Part, { dtype }: Job): readonly Plane[] {
  if (part.kind === 'copy') {
    if (!isFloatDtype(dtype)) return [];
    const { begin, end } = part.span;
    return [{ ref: { ...part.span, dtype }, elementCount: (end - begin) / bytesPerElement(dtype) }];
  }
  if (part.kind === 'number') return [];
  const { elementCount } = part.kind === 'factor' ? part.merge : part;
  if (part.kind === 'factor') return part.merge.planes.map((ref) => ({ ref, elementCount }));
  if (part.kind === 'cast') return [{ ref: part.plane, elementCount }];
  const refs = part.base === null ? part.planes : [part.base, ...part.planes];
  return refs.map((ref) => ({ ref, elementCount }));
}

async function countIn(
  ref: PlaneRef,
  elementCount: number,
  { tensor }: Job,
  { sources, budget, signal }: OriginOptions,
): Promise<NonFinite> {
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
