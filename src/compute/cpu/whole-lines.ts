import { type Lines, unitOf } from '../../methods/lines.ts';
import { roundTo } from '../../numerics/round.ts';
import type { Blocks, Work } from '../backend.ts';
import { DecodedChunk } from './decoded-chunk.ts';
import { CHUNK } from './task.ts';

/** Elements gathered at a time, where vectors are shorter. */
const TOGETHER = 1 << 18;

/** What is seen of a run of whole vectors; it holds until the next is asked for. */
export type WholeLines = {
  readonly start: number;
  readonly seen: readonly Float32Array<ArrayBuffer>[];
};

type See = (chunk: DecodedChunk) => readonly Float32Array[];

/** Sees the task vectors of these models. */
export function taskVectorsOfModels(models: readonly number[]): See {
  return (chunk) => models.map((model) => chunk.taskVector(model));
}

/**
 * What `see` sees, as weights or task vectors, in runs that no vector of the tensor is cut by, however its blocks are:
 * as many elements are held as one vector takes with those that lie between its own.
 */
export async function* wholeLines(
  blocks: Blocks,
  see: See,
  lines: Lines,
  work: Work,
  signal: AbortSignal,
): AsyncGenerator<WholeLines> {
  const unit = unitOf(lines);
  if (unit === 0) return;
  const room = Math.min(blocks.elementCount, unit * Math.max(1, Math.floor(TOGETHER / unit)));
  const held: Float32Array<ArrayBuffer>[] = [];
  const { dtypes, hasBase, readAs } = blocks;
  let start: number | null = null;
  let filled = 0;
  for await (const block of blocks.read(signal)) {
    start ??= block.start;
    const chunk = new DecodedChunk({ ...block, dtypes, hasBase, readAs }, roundTo(work));
    for (let from = 0; from < block.count; from += CHUNK) {
      signal.throwIfAborted();
      const count = Math.min(CHUNK, block.count - from);
      chunk.moveTo(from, count);
      const planes = see(chunk);
      for (let done = 0; done < count; ) {
        const taken = Math.min(count - done, room - filled);
        for (const [p, plane] of planes.entries()) {
          held[p] ??= new Float32Array(room);
          held[p].set(plane.subarray(done, done + taken), filled);
        }
        filled += taken;
        done += taken;
        if (filled < room) continue;
        yield { start, seen: held };
        start += filled;
        filled = 0;
      }
    }
  }
  if (filled > 0) yield { start: start!, seen: held.map((plane) => plane.subarray(0, filled)) };
}
