import { roundTo } from '../../numerics/round.ts';
import type { Blocks, Work } from '../backend.ts';
import { DecodedChunk } from './decoded-chunk.ts';
import { CHUNK } from './task.ts';

/** The task vectors of all models, each in full: 4 bytes an element and model. */
export async function taskVectorsOf(
  blocks: Blocks,
  work: Work,
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  const { elementCount, dtypes, hasBase, readAs } = blocks;
  if (!hasBase) throw new Error('Without a base there are no task vectors');
  const whole = dtypes.slice(0, -1).map(() => new Float32Array(elementCount));
  for await (const block of blocks.read(signal)) {
    const chunk = new DecodedChunk({ ...block, dtypes, hasBase, readAs }, roundTo(work));
    for (let from = 0; from < block.count; from += CHUNK) {
      signal.throwIfAborted();
      chunk.moveTo(from, Math.min(CHUNK, block.count - from));
      for (const [k, tau] of whole.entries()) tau.set(chunk.taskVector(k), block.start + from);
    }
  }
  return whole;
}
