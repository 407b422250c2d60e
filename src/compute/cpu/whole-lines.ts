import { type Lines, unitOf } from '../../methods/lines.ts';
import { roundTo } from '../../numerics/round.ts';
import type { Blocks, Work } from '../backend.ts';
import { DecodedChunk } from './decoded-chunk.ts';
import { CHUNK } from './task.ts';

/** Elements gathered at a time, where vectors are shorter. */
const TOGETHER = 1 << 18;

/** Task vectors of a run of whole vectors; they hold until the next is asked for. */
export type WholeLines = {
  readonly start: number;
  readonly taus: readonly Float32Array<ArrayBuffer>[];
};

/**
 * The task vectors of some models in runs that no vector of the tensor is cut by, however its blocks are: as many
 * elements are held as one vector takes with those that lie between its own.
 */
export async function* wholeLines(
  blocks: Blocks,
  models: readonly number[],
  lines: Lines,
  work: Work,
  signal: AbortSignal,
): AsyncGenerator<WholeLines> {
  const unit = unitOf(lines);
  if (unit === 0) return;
  const room = Math.min(blocks.elementCount, unit * Math.max(1, Math.floor(TOGETHER / unit)));
  const held = models.map(() => new Float32Array(room));
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
      const taus = models.map((model) => chunk.taskVector(model));
      for (let seen = 0; seen < count; ) {
        const taken = Math.min(count - seen, room - filled);
        for (const [k, tau] of taus.entries())
          held[k].set(tau.subarray(seen, seen + taken), filled);
        filled += taken;
        seen += taken;
        if (filled < room) continue;
        yield { start, taus: held };
        start += filled;
        filled = 0;
      }
    }
  }
  if (filled > 0) yield { start: start!, taus: held.map((tau) => tau.subarray(0, filled)) };
}
