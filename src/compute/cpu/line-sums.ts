/** Sums over the vectors of a tensor, such as its rows: f64, in the order of the elements. */
import { eachStretch, type Lines, lineCount, rankInto } from '../../methods/lines.ts';
import type { LineMeasure } from '../../methods/method.ts';
import { markKept } from '../../numerics/random.ts';
import { roundTo } from '../../numerics/round.ts';
import type { Backend, Blocks, Work } from '../backend.ts';
import { DecodedChunk } from './decoded-chunk.ts';
import { CHUNK } from './task.ts';
import { taskVectorsOfModels, wholeLines } from './whole-lines.ts';

type Answers = readonly (readonly number[])[];
export type LineDots = Extract<LineMeasure, { kind: 'lineDots' }>;
export type RankMass = Extract<LineMeasure, { kind: 'rankMass' }>;

/** All in one pass. */
export async function lineDots(
  blocks: Blocks,
  measures: readonly LineDots[],
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
  lines: Lines,
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

export async function rankMass(
  blocks: Blocks,
  { model, lines, chance, seed }: RankMass,
  { work, at }: Parameters<Backend['measure']>[2],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const of = { seed, tensorKey: at.tensorKey, model: at.ordinals[model] };
  let [all, left] = [0, 0];
  const taus = taskVectorsOfModels([model]);
  for await (const { start, seen } of wholeLines(blocks, taus, lines, work, signal)) {
    const [tau] = seen;
    const chances = new Float32Array(tau.length);
    rankInto(lines, tau, chance, chances);
    const kept = new Uint8Array(tau.length);
    markKept(of, start, chances, kept);
    for (let i = 0; i < tau.length; i++) {
      const size = Math.abs(tau[i]);
      all += size;
      // What noise drops is gone, even a NaN.
      if (kept[i] === 1) left += size;
    }
  }
  return [all, left];
}
