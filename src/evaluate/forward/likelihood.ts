import type { Running } from '../runner.ts';
import type { Decoder } from './decoder.ts';
import { groupsOf, mostOf, runsOf } from './groups.ts';

/** The natural logarithm of the softmax of `logits` at `id`, in f64. */
export function logProbabilityOf(logits: Float32Array, id: number): number {
  let highest = -Infinity;
  for (const logit of logits) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  return logits[id] - highest - Math.log(sum);
}

/** Tokens of a text, and the first of them that is scored, at least 1. */
export type ScoredIds = { readonly ids: readonly number[]; readonly first: number };

/** For every text the logarithm of each scored token’s probability, given all before it. */
export async function likelihoods(
  decoder: Decoder,
  texts: readonly ScoredIds[],
  { signal, onProgress }: Running,
): Promise<readonly (readonly number[])[]> {
  const found: number[][] = texts.map(() => []);
  // Nothing comes after the last token: it is not run.
  const lengths = texts.map(({ ids }) => ids.length - 1);
  let done = 0;
  for (const group of groupsOf(lengths)) {
    const widths = group.map((at) => lengths[at]);
    const runs = runsOf(widths);
    await decoder.batch(widths, mostOf(runs), async (batch) => {
      for (const run of runs) {
        await batch.grow(
          run.map(({ sequence, from, to }) => {
            return { sequence, ids: texts[group[sequence]].ids.slice(from, to) };
          }),
          signal,
        );
        const rows: number[] = [];
        const wanted: { readonly text: number; readonly id: number }[] = [];
        let row = 0;
        for (const { sequence, from, to } of run) {
          const text = group[sequence];
          const { ids, first } = texts[text];
          for (let i = Math.max(first, from + 1); i <= to; i++) {
            rows.push(row + i - 1 - from);
            wanted.push({ text, id: ids[i] });
          }
          row += to - from;
        }
        const see = (at: number, logits: Float32Array) => {
          const { text, id } = wanted[at];
          found[text].push(logProbabilityOf(logits, id));
        };
        await batch.logits(rows, see, signal);
      }
    });
    done += group.length;
    onProgress?.(done);
  }
  return found;
}
