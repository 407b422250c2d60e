/** What methods make of task vectors that they see whole: the same on every backend. */
import type { WholeMeasure } from '../../methods/method.ts';
import { roundTo } from '../../numerics/round.ts';
import type { Blocks, Work } from '../backend.ts';
import { DecodedChunk } from './decoded-chunk.ts';
import { CHUNK } from './task.ts';

/** One answer per measure. Holds 4 bytes an element and model. */
export async function wholeAnswers(
  blocks: Blocks,
  measures: readonly WholeMeasure[],
  work: Work,
  signal: AbortSignal,
): Promise<readonly (readonly number[])[]> {
  if (measures.length === 0) return [];
  const changes = await changesOf(blocks, work, signal);
  return measures.map((measure) => {
    signal.throwIfAborted();
    return Array.from(measure.of(changes));
  });
}

async function changesOf(
  { elementCount, dtypes, hasBase, readAs, read }: Blocks,
  work: Work,
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  if (!hasBase) throw new Error('Without a base there are no task vectors');
  const changes = dtypes.slice(0, -1).map(() => new Float32Array(elementCount));
  for await (const block of read(signal)) {
    const chunk = new DecodedChunk({ ...block, dtypes, hasBase, readAs }, roundTo(work));
    for (let from = 0; from < block.count; from += CHUNK) {
      signal.throwIfAborted();
      chunk.moveTo(from, Math.min(CHUNK, block.count - from));
      for (const [k, change] of changes.entries()) {
        change.set(chunk.taskVector(k), block.start + from);
      }
    }
  }
  return changes;
}
