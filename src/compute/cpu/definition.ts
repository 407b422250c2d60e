import type { TensorMeasure } from '../../methods/method.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import type { Backend, Blocks, Kernel, Mapped, MeasureContext } from '../backend.ts';
import { guided } from '../guided.ts';
import { gatherFor } from './gather.ts';
import { mapRun, measureRun } from './kernel.ts';
import { measuredAlike } from './measured-alike.ts';
import { alignedRuns, partsOf } from './runs.ts';
import { sampleFor } from './sample.ts';
import { CHUNK } from './task.ts';

/** Elements done between two looks at the abort signal: some ten milliseconds of work. */
const PART = 16 * CHUNK;

/**
 * The definition of all numbers, in TypeScript: f32 step by step as the methods state it, whole-tensor
 * sums in f64. The result does not depend on how the tensor is cut into blocks. Non-finite values follow
 * the IEEE rules. The compiled shaders are held against it, and leave to it what they cannot promise.
 */
export function definitionBackend(label = 'CPU'): Backend {
  return {
    kind: 'cpu',
    label,
    measure: (...asked) =>
      measuredAlike(asked, (rest) => measure(asked[0], rest, asked[2], asked[3])),
    map,
    dispose() {},
  };
}

async function measure(
  of: Blocks,
  measures: readonly TensorMeasure[],
  { work, at, deriving }: MeasureContext,
  signal: AbortSignal,
): Promise<readonly (readonly number[])[]> {
  const blocks = guided(of, { guides: deriving?.guides ?? null, work });
  const { elementCount } = blocks;
  const sample = await sampleFor(blocks, measures, work, signal);
  const gathers = measures.map((one) => gatherFor(one, elementCount, sample));
  for (;;) {
    const open = gathers.filter((gather) => gather.wanted());
    if (open.length === 0) return gathers.map((gather) => gather.answer());
    for await (const run of alignedRuns(blocks, PART, signal)) {
      const needy = open.filter((gather) => gather.needs(run));
      const wanted = needy.map((gather) => gather.wanted()!);
      const collected = measureRun({ run, wanted, work, at, deriving });
      for (const [i, gather] of needy.entries()) gather.add(collected[i], run.start);
      if (open.every((gather) => !gather.wanted())) break;
    }
    for (const gather of open) gather.finishPass();
  }
}

async function* map(of: Blocks, kernel: Kernel, signal: AbortSignal): AsyncGenerator<Mapped> {
  const blocks = guided(of, kernel);
  const { dtypes, hasBase, guides, readAs } = blocks;
  const size = bytesPerElement(kernel.output);
  for await (const block of blocks.read(signal)) {
    const bytes = new Uint8Array(block.count * size);
    let saturated = 0;
    let nonFinite = 0;
    for (const run of partsOf({ ...block, dtypes, hasBase, guides, readAs }, PART)) {
      signal.throwIfAborted();
      const mapped = mapRun({ run, kernel });
      bytes.set(mapped.bytes, (run.start - block.start) * size);
      saturated += mapped.saturated;
      nonFinite += mapped.nonFinite;
    }
    yield { bytes, saturated, nonFinite };
  }
}
