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
