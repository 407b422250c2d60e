import type { Running } from '../runner.ts';
import type { Decoder } from './decoder.ts';
import { groupsOf } from './groups.ts';

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
    const tokens = widths.reduce((sum, width) => sum + width, 0);
    await decoder.batch(widths, tokens, async (batch) => {
      const growths = group.map((at, sequence) => ({ sequence, ids: texts[at].ids.slice(0, -1) }));
      await batch.grow(growths, signal);
      const rows: number[] = [];
      const wanted: { readonly text: number; readonly id: number }[] = [];
      let row = 0;
      for (const at of group) {
        const { ids, first } = texts[at];
        for (let i = first; i < ids.length; i++) {
          rows.push(row + i - 1);
          wanted.push({ text: at, id: ids[i] });
        }
        row += lengths[at];
      }
      const see = (at: number, logits: Float32Array) => {
        const { text, id } = wanted[at];
        found[text].push(logProbabilityOf(logits, id));
      };
      await batch.logits(rows, see, signal);
    });
    done += group.length;
    onProgress?.(done);
  }
  return found;
}
