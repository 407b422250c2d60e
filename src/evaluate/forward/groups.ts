/** Tokens that are taken through a model at once: more make nothing quicker, and need room. */
const MOST_TOKENS = 2048;

/** Indices of neighbours that together have at most `most` tokens, or of one that has more. */
export function groupsOf(lengths: readonly number[], most = MOST_TOKENS): readonly number[][] {
  const groups: number[][] = [];
  let tokens = Infinity;
  for (const [at, length] of lengths.entries()) {
    if (tokens + length > most) {
      groups.push([]);
      tokens = 0;
    }
    groups.at(-1)?.push(at);
    tokens += length;
  }
  return groups;
}

/** Tokens of one long text taken at once, and pairs of such a token with one before it. */
const MOST_AT_ONCE = 512;
const MOST_PAIRS = 2 ** 20;

/** A part of a sequence of a group. */
export type Run = { readonly sequence: number; readonly from: number; readonly to: number };

/**
 * What is taken through a model one after the other: all sequences of a group at once, or one long sequence in parts, the
 * later the shorter, because each token looks at all before it. Between them a person is heard who has had enough, and the
 * rows of one part are all that there is room for.
 */
export function runsOf(lengths: readonly number[]): readonly (readonly Run[])[] {
  const [length] = lengths;
  if (lengths.length > 1 || length <= MOST_AT_ONCE) {
    return [lengths.map((to, sequence) => ({ sequence, from: 0, to }))];
  }
  const runs: Run[][] = [];
  for (let from = 0; from < length; from = runs.at(-1)![0].to) {
    const fitting = Math.max(16, Math.min(MOST_AT_ONCE, Math.floor(MOST_PAIRS / (from + 1))));
    runs.push([{ sequence: 0, from, to: Math.min(length, from + fitting) }]);
  }
  return runs;
}

/** Tokens of the largest. */
export function mostOf(runs: readonly (readonly Run[])[]): number {
  return Math.max(...runs.map((run) => run.reduce((sum, { from, to }) => sum + to - from, 0)));
}
