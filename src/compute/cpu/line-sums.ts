/** Sums over the vectors of a tensor, such as its rows. One way for all backends: f64, in the order of the elements. */
import { eachStretch, lineCount } from '../../methods/lines.ts';
import type { LineMeasure, Measure, TensorMeasure } from '../../methods/method.ts';
import { roundTo } from '../../numerics/round.ts';
import type { Backend, Blocks, Work } from '../backend.ts';
import { DecodedChunk } from './decoded-chunk.ts';
import { CHUNK } from './task.ts';

type Answers = readonly (readonly number[])[];
type Rest = (measures: readonly TensorMeasure[]) => Promise<Answers>;

/** Answers what is measured by vector, and asks `rest` for the others. */
export async function withLineSums(
  [blocks, measures, { work }, signal]: Parameters<Backend['measure']>,
  rest: Rest,
): Promise<Answers> {
  const own = measures.filter(isByLine);
  if (own.length === 0) return rest(measures as readonly TensorMeasure[]);
  const sums = await lineSums(blocks, own, work, signal);
  const others = measures.filter((measure) => !isByLine(measure)) as readonly TensorMeasure[];
  const answers = others.length > 0 ? await rest(others) : [];
  const [lines, left] = [sums.values(), answers.values()];
  return measures.map((measure) => (isByLine(measure) ? lines : left).next().value!);
}

function isByLine(measure: Measure): measure is LineMeasure {
  return measure.kind === 'lineDots';
}

async function lineSums(
  blocks: Blocks,
  measures: readonly LineMeasure[],
  work: Work,
  signal: AbortSignal,
): Promise<Answers> {
  const { elementCount, dtypes, hasBase, readAs } = blocks;
  if (!hasBase && measures.some(({ of }) => of === 'taskVectors')) {
    throw new Error('Without a base there are no task vectors');
  }
  const sums = measures.map(({ lines }) => new Float64Array(lineCount(lines, elementCount)));
  for await (const block of blocks.read(signal)) {
    const chunk = new DecodedChunk({ ...block, dtypes, hasBase, readAs }, roundTo(work));
    for (let from = 0; from < block.count; from += CHUNK) {
      signal.throwIfAborted();
      const count = Math.min(CHUNK, block.count - from);
      chunk.moveTo(from, count);
      for (const [m, { of, a, b, lines }] of measures.entries()) {
        const values = (k: number) => (of === 'weights' ? chunk.plane(k) : chunk.taskVector(k));
        addProducts(values(a), values(b), lines, block.start + from, sums[m]);
      }
    }
  }
  return sums.map((each) => Array.from(each));
}

function addProducts(
  a: Float32Array,
  b: Float32Array,
  lines: LineMeasure['lines'],
  start: number,
  sums: Float64Array,
): void {
  eachStretch(lines, start, a.length, (line, from, to) => {
    if (lines.step > 1) {
      for (let i = from; i < to; i++) sums[line + i - from] += a[i] * b[i];
      return;
    }
    let sum = sums[line];
    for (let i = from; i < to; i++) sum += a[i] * b[i];
    sums[line] = sum;
  });
}
