/** What is measured in one way for all backends, on the CPU. */
import type { Measure, TensorMeasure } from '../../methods/method.ts';
import type { Backend } from '../backend.ts';
import { eachLine } from './each-line.ts';
import { type LineDots, lineDots, rankMass } from './line-sums.ts';
import { taskVectorsOf } from './whole.ts';

type Answers = readonly (readonly number[])[];

/** Answers sums by vector and what is made of whole task vectors; asks `rest` for all else. */
export async function measuredAlike(
  [blocks, measures, context, signal]: Parameters<Backend['measure']>,
  rest: (measures: readonly TensorMeasure[]) => Promise<Answers>,
): Promise<Answers> {
  const answers = new Map<Measure, readonly number[]>();
  const keep = (of: readonly Measure[], found: Answers) => {
    for (const [m, measure] of of.entries()) answers.set(measure, found[m]);
  };
  const dots = measures.filter((one): one is LineDots => one.kind === 'lineDots');
  if (dots.length > 0) keep(dots, await lineDots(blocks, dots, context.work, signal));
  for (const one of measures) {
    if (one.kind === 'rankMass') answers.set(one, await rankMass(blocks, one, context, signal));
    if (one.kind === 'eachLine')
      answers.set(one, await eachLine(blocks, one, context.work, signal));
    if (one.kind !== 'whole') continue;
    const taskVectors = await taskVectorsOf(blocks, context.work, signal);
    answers.set(one, Array.from(one.of(taskVectors)));
  }
  const others = measures.filter((one): one is TensorMeasure => !answers.has(one));
  if (others.length > 0) keep(others, await rest(others));
  return measures.map((one) => answers.get(one)!);
}
