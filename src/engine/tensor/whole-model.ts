import type { Backend, Blocks, Work } from '../../compute/backend.ts';
import type { Plan } from '../../plan/types.ts';
import type { Reader } from './blocks.ts';
import { chainedBlocks, type Link } from './chain.ts';
import { isAbort, isExplained, JobError } from '../errors.ts';
import type { Ladder } from '../devices/ladder.ts';
import { workOf } from './merge-part.ts';

/** Beyond this a shader cannot number the elements of one stream. */
const mostOnGpu = 2 ** 31;

type Told = { readonly bytes: (count: number) => void };

/**
 * One trim threshold per expert, over all tensors that are merged: the magnitude of the last task
 * vector element that is kept, as the code of the TIES authors takes it. Elements equal to it are all
 * kept. An expert that keeps everything is not read.
 */
export async function wholeModelMagnitudes(
  plan: Plan,
  counts: readonly number[],
  reader: Omit<Reader, 'tensor'>,
  ladder: Ladder,
  told: Told,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const magnitudes: number[] = [];
  for (const [expert, count] of counts.entries()) {
    const links = linksOf(plan, expert);
    const total = links.reduce((sum, link) => sum + link.elementCount, 0);
    if (count >= total) magnitudes.push(0);
    else if (count <= 0) magnitudes.push(Number.POSITIVE_INFINITY);
    else {
      const blocks = firstPassTold(chainedBlocks(links, reader), links, told);
      const context = { work: commonWork(plan, links), at: { tensorKey: 0, ordinals: [expert] } };
      magnitudes.push(await magnitudeOf(blocks, count, context, ladder, signal));
    }
  }
  return magnitudes;
}

/** The tensors of one expert that are merged, each with the base's plane. */
export function linksOf(plan: Plan, expert: number): readonly Link[] {
  return plan.jobs.flatMap((job) =>
    job.parts.flatMap((part): readonly Link[] => {
      if (part.kind !== 'merge') return [];
      const plane = part.ordinals.indexOf(expert);
      if (plane < 0) return [];
      const { base, elementCount } = part;
      return [{ tensor: job.tensor, models: [part.planes[plane]], base, elementCount }];
    }),
  );
}

/** The precision task vectors are rounded to, if all tensors agree on it. */
function commonWork(plan: Plan, links: readonly Link[]): Work {
  const [first, ...others] = links.map(({ base, models }) =>
    workOf(plan.arithmetic.work, base, models),
  );
  return others.every((work) => work === first) ? first : 'F32';
}

/** Bytes of one pass over every expert that has to be measured. */
export function measuringBytes(plan: Plan, counts: readonly number[]): number {
  return counts.reduce((sum, count, expert) => {
    const links = linksOf(plan, expert);
    const total = links.reduce((elements, link) => elements + link.elementCount, 0);
    return count <= 0 || count >= total ? sum : sum + passBytes(links);
  }, 0);
}

function passBytes(links: readonly Link[]): number {
  const planes = links.flatMap(({ models, base }) => (base === null ? models : [...models, base]));
  return planes.reduce((sum, { begin, end }) => sum + end - begin, 0);
}

/** Later passes narrow the same threshold down; how many there will be cannot be told. */
function firstPassTold(blocks: Blocks, links: readonly Link[], told: Told): Blocks {
  const share = passBytes(links) / blocks.elementCount;
  let seen = 0;
  return {
    ...blocks,
    async *read(signal) {
      for await (const block of blocks.read(signal)) {
        if (block.start >= seen) {
          seen = block.start + block.count;
          told.bytes(block.count * share);
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
