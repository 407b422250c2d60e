import type { Backend, Blocks, Work } from '../../compute/backend.ts';
import { isBy } from '../../plan/call.ts';
import { storedBytes } from '../../plan/planes.ts';
import type { Plan } from '../../plan/types.ts';
import type { Ladder } from '../devices/ladder.ts';
import { isAbort, isExplained, JobError } from '../errors.ts';
import { type Reader, refsOf } from './blocks.ts';
import { chainedBlocks, type Link } from './chain.ts';

/** Beyond this a shader cannot number the elements of one stream. */
const mostOnGpu = 2 ** 31;

/** One trim threshold over the whole model: plain data, as it travels to kernel workers. */
export type ModelMeasure = {
  readonly links: readonly Link[];
  /** Elements that are kept. */
  readonly count: number;
  readonly work: Work;
  readonly ordinal: number;
};

/** A tensor of the chain, and the precision its steps are rounded to. */
type Merged = Link & { readonly work: Work };

/** What one expert's threshold takes: a measure, or no reading at all. */
export type Threshold = { readonly magnitude: number } | { readonly measure: ModelMeasure };

/**
 * One trim threshold per expert, over all tensors that are merged: the magnitude of the last task
 * vector element that is kept, as the code of the TIES authors takes it, but for one: theirs keeps
 * trunc(d·n) + 1. Elements equal to it are all kept. An expert that keeps everything, or nothing, is not read.
 */
export function thresholds(plan: Plan, counts: readonly number[]): readonly Threshold[] {
  return counts.map((count, expert) => {
    const links = linksOf(plan, expert);
    const total = links.reduce((sum, link) => sum + link.elementCount, 0);
    if (count >= total) return { magnitude: 0 };
    if (count <= 0) return { magnitude: Number.POSITIVE_INFINITY };
    return { measure: { links, count, work: commonWork(links), ordinal: expert } };
  });
}

/** Bytes of one pass over every expert that has to be measured. */
export function measuringBytes(wanted: readonly Threshold[]): number {
  return wanted.reduce(
    (sum, one) => sum + ('measure' in one ? passBytes(one.measure.links) : 0),
    0,
  );
}

/** The threshold. `told` hears of the bytes of the first pass; how many passes follow cannot be told. */
export async function measureModel(
  { links, count, work, ordinal }: ModelMeasure,
  reader: Omit<Reader, 'tensor' | 'outputBytes'>,
  ladder: Ladder,
  told: (bytes: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const chained = chainedBlocks(links, { ...reader, outputBytes: 0 });
  const blocks = firstPassTold(chained, links, told);
  const context = { work, at: { tensorKey: 0, ordinals: [ordinal] } };
  return magnitudeOf(blocks, count, context, ladder, signal);
}

/** The tensors of one expert that are merged, each with the base's plane. */
function linksOf(plan: Plan, expert: number): readonly Merged[] {
  return plan.jobs.flatMap((job) =>
    job.parts.flatMap((part): readonly Merged[] => {
      if (part.kind !== 'merge' || !isBy(plan.method, part)) return [];
      const plane = part.ordinals.indexOf(expert);
      if (plane < 0) return [];
      const { base, elementCount } = part;
      const { readAs, work } = part.precision;
      const models = [part.planes[plane]];
      return [{ tensor: job.tensor, models, base, readAs, work, elementCount }];
    }),
  );
}

/** The precision task vectors are rounded to, if all tensors agree on it. */
export function commonWork(links: readonly Pick<Merged, 'work'>[]): Work {
  const [first, ...others] = links.map(({ work }) => work);
  return others.every((work) => work === first) ? first : 'F32';
}

function passBytes(links: readonly Link[]): number {
  return links.flatMap(refsOf).reduce((sum, plane) => sum + storedBytes(plane), 0);
}

function firstPassTold(
  blocks: Blocks,
  links: readonly Link[],
  told: (bytes: number) => void,
): Blocks {
  const share = passBytes(links) / blocks.elementCount;
  let seen = 0;
  return {
    ...blocks,
    async *read(signal, room) {
      for await (const block of blocks.read(signal, room)) {
        if (block.start >= seen) {
          seen = block.start + block.count;
          told(block.count * share);
        }
        yield block;
      }
    },
  };
}

async function magnitudeOf(
  blocks: Blocks,
  count: number,
  context: Parameters<Backend['measure']>[2],
  ladder: Ladder,
  signal: AbortSignal,
): Promise<number> {
  const measures = [{ kind: 'magnitude', model: 0, count }] as const;
  let backend = blocks.elementCount > mostOnGpu ? ladder.cpu() : ladder.current();
  for (;;) {
    try {
      const [[magnitude]] = await backend.measure(blocks, measures, context, signal);
      return magnitude;
    } catch (error) {
      if (signal.aborted || isExplained(error)) throw error;
      const next = await ladder.after(backend, error);
      if (next === null) {
        if (isAbort(error)) throw error;
        throw new JobError({ step: 'compute', tensor: '', file: backend.label }, error);
      }
      backend = next.backend;
    }
  }
}
