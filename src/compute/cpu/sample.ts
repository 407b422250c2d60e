import type { TensorMeasure } from '../../methods/method.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import { roundTo } from '../../numerics/round.ts';
import type { Blocks, Work } from '../backend.ts';
import { DecodedChunk } from './decoded-chunk.ts';
import type { Run } from './task.ts';

/** Smaller tensors are selected from without a sample: it would cost more than it saves. */
const SMALLEST_SAMPLED = 1 << 18;
const LARGEST_SAMPLE = 1 << 15;

/**
 * Task vectors of elements spread evenly over the tensor, for the models whose k-th magnitude is asked
 * for; empty when none is or the tensor is small. Reads the blocks once.
 */
export async function sampleFor(
  blocks: Blocks,
  measures: readonly TensorMeasure[],
  work: Work,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Float32Array>> {
  const { elementCount, dtypes, hasBase, guides = 0, readAs } = blocks;
  const models = measures.flatMap((measure) =>
    measure.kind === 'magnitude' && measure.count > 0 && measure.count < elementCount
      ? [measure.model]
      : [],
  );
  if (models.length === 0 || elementCount < SMALLEST_SAMPLED) return new Map();
  const count = Math.min(LARGEST_SAMPLE, elementCount >>> 6);
  // Odd, so that rows whose length is a power of two are not met in the same few columns.
  const stride = Math.floor(elementCount / count - 1) | 1;
  const planes = dtypes.map((dtype) => new Uint8Array(count * bytesPerElement(dtype)));
  const needed = new Set([...models, ...(hasBase ? [dtypes.length - guides - 1] : [])]);
  for await (const block of blocks.read(signal)) {
    signal.throwIfAborted();
    const first = Math.ceil(block.start / stride);
    const last = Math.min(count, Math.ceil((block.start + block.count) / stride));
    for (const p of needed) {
      const size = bytesPerElement(dtypes[p]);
      const plane = block.planes[p];
      for (let s = first; s < last; s++) {
        const from = (s * stride - block.start) * size;
        for (let b = 0; b < size; b++) planes[p][s * size + b] = plane[from + b];
      }
    }
  }
  const run: Run = { start: 0, count, planes, dtypes, hasBase, guides, readAs };
  const chunk = new DecodedChunk(run, roundTo(work));
  chunk.moveTo(0, count);
  return new Map(models.map((model) => [model, chunk.taskVector(model)]));
}
