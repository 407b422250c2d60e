import { bytesPerElement } from '../../numerics/dtype.ts';
import type { Blocks } from '../backend.ts';
import { CHUNK, type Run } from './task.ts';

const LONGEST_RUN = 64 * CHUNK;

/** Elements `from` … `from + count` of a run; its planes are views. */
export function partOf(run: Run, from: number, count: number): Run {
  const planes = run.planes.map((plane, p) => {
    const size = bytesPerElement(run.dtypes[p]);
    return plane.subarray(from * size, (from + count) * size);
  });
  return { ...run, start: run.start + from, count, planes };
}

/** The same run with planes of its own. */
function copyOf(run: Run): Run {
  return { ...run, planes: run.planes.map((plane) => plane.slice()) };
}

/** A run cut into parts of `length` elements. */
export function* partsOf(run: Run, length: number): Generator<Run> {
  for (let from = 0; from < run.count; from += length) {
    yield partOf(run, from, Math.min(length, run.count - from));
  }
}

/**
 * A tensor as runs that begin at multiples of `CHUNK` and are at most `length` long, a multiple of it,
 * however its blocks are cut: what is left of one block is joined to the next. Each run's planes hold
 * until the next is asked for.
 */
export async function* alignedRuns(
  blocks: Blocks,
  length: number,
  signal: AbortSignal,
): AsyncGenerator<Run> {
  const { dtypes, hasBase, guides, readAs } = blocks;
  let rest: Run | null = null;
  for await (const block of blocks.read(signal)) {
    signal.throwIfAborted();
    let run: Run = { ...block, dtypes, hasBase, guides, readAs };
    if (rest) {
      const missing = Math.min(CHUNK - rest.count, run.count);
      rest = joined(rest, partOf(run, 0, missing));
      if (rest.count < CHUNK) continue;
      yield rest;
      rest = null;
      run = partOf(run, missing, run.count - missing);
    }
    const over = run.count % CHUNK;
    yield* partsOf(partOf(run, 0, run.count - over), length);
    if (over > 0) rest = copyOf(partOf(run, run.count - over, over));
  }
  if (rest) yield rest;
}

function joined(a: Run, b: Run): Run {
  const planes = a.planes.map((plane, p) => {
    const both = new Uint8Array(plane.length + b.planes[p].length);
    both.set(plane);
    both.set(b.planes[p], plane.length);
    return both;
  });
  return { ...a, count: a.count + b.count, planes };
}

/**
 * The same tensor in blocks that begin at multiples of `CHUNK`. Blocks that do so already, as those of the
 * engine do, are passed on as they are.
 */
export function alignedBlocks(blocks: Blocks): Blocks {
  return {
    ...blocks,
    async *read(signal, room) {
      let next = 0;
      for await (const block of blocks.read(signal, room)) {
        const whole = next + block.count === blocks.elementCount || block.count % CHUNK === 0;
        if (block.start !== next || !whole) break;
        next += block.count;
        yield block;
      }
      if (next === blocks.elementCount) return;
      for await (const run of alignedRuns(blocks, LONGEST_RUN, signal)) {
        const seen = Math.min(run.count, Math.max(0, next - run.start));
        if (seen < run.count) yield partOf(run, seen, run.count - seen);
      }
    },
  };
}
