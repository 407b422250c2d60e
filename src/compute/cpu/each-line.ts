import { type Lines, unitOf } from '../../methods/lines.ts';
import type { LineMeasure } from '../../methods/method.ts';
import { roundTo } from '../../numerics/round.ts';
import type { Blocks, Work } from '../backend.ts';
import type { DecodedChunk } from './decoded-chunk.ts';
import { wholeLines } from './whole-lines.ts';

/** What a method makes of each vector of a tensor, seen whole: one number each, in their order. */
export async function eachLine(
  blocks: Blocks,
  { lines, of }: Extract<LineMeasure, { kind: 'eachLine' }>,
  work: Work,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const round = roundTo(work);
  const answers: number[] = [];
  for await (const { seen } of wholeLines(blocks, modelsAndBase, lines, work, signal)) {
    for (let unit = 0; unit < seen[0].length; unit += unitOf(lines)) {
      for (let first = unit; first < unit + lines.step; first++) {
        const planes = seen.map((plane) => vectorOf(plane, first, lines));
        answers.push(of(planes.slice(0, -1), planes[planes.length - 1], round));
      }
    }
  }
  return answers;
}

function modelsAndBase(chunk: DecodedChunk): readonly Float32Array[] {
  const { models, base } = chunk.planes();
  return [...models, base];
}

function vectorOf(plane: Float32Array, first: number, { length, step }: Lines): Float32Array {
  if (step === 1) return plane.subarray(first, first + length);
  return Float32Array.from({ length }, (_, j) => plane[first + j * step]);
}
