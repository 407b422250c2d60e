import type { Running } from '../runner.ts';
import type { Decoder } from './decoder.ts';
import { groupsOf, mostOf, runsOf } from './groups.ts';

export type ContinuingIds = Running & {
  readonly maxTokens: number;
  /** Ids that end a continuation; they are not in it. */
  readonly ends: readonly number[];
  /** Whether the continuation of a prompt is long enough, asked after every token. */
  readonly enough?: (prompt: number, ids: readonly number[]) => boolean;
};

/** The likeliest token after every prompt, and so on; the lowest id among equals. Prompts have tokens, at least one. */
export async function continuations(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  { maxTokens, ends, enough = () => false, signal, onProgress }: ContinuingIds,
): Promise<readonly (readonly number[])[]> {
  const found: number[][] = prompts.map(() => []);
  if (maxTokens < 1) return found;
  // The last token of a continuation is not run.
  const lengths = prompts.map((ids) => ids.length + maxTokens - 1);
  let done = 0;
  for (const group of groupsOf(lengths)) {
    const widths = group.map((at) => lengths[at]);
    const runs = runsOf(group.map((at) => prompts[at].length));
    const [last, ...before] = runs.toReversed().map((run) =>
      run.map(({ sequence, from, to }) => {
        return { sequence, ids: prompts[group[sequence]].slice(from, to) };
      }),
    );
    await decoder.batch(widths, mostOf(runs), async (batch) => {
      for (const growth of before.toReversed()) await batch.grow(growth, signal);
      let growths = last;
      while (growths.length > 0) {
        await batch.grow(growths, signal);
        const next: typeof growths = [];
        const see = (at: number, logits: Float32Array) => {
          const { sequence } = growths[at];
          const prompt = group[sequence];
          const id = likeliest(logits);
          if (ends.includes(id)) return;
          found[prompt].push(id);
          const full = found[prompt].length >= maxTokens || enough(prompt, found[prompt]);
          if (!full) next.push({ sequence, ids: [id] });
        };
        let row = -1;
        const last = growths.map(({ ids }) => {
          row += ids.length;
          return row;
        });
        await batch.logits(last, see, signal);
        growths = next;
      }
    });
    done += group.length;
    onProgress?.(done);
  }
  return found;
}

function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
  return best;
}
