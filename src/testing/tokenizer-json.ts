/** The text of a WordPiece tokenizer.json: tokens in the order of ids; those in angles are added and special. */
export function tokenizerJson(tokens: readonly string[]): string {
  const isAdded = (token: string) => /^<.*>$/.test(token);
  const ids = tokens.map((token, id) => [token, id] as const);
  const vocab = Object.fromEntries(ids.filter(([token]) => !isAdded(token)));
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const added_tokens = ids
    .filter(([token]) => isAdded(token))
    .map(([content, id]) => ({ id, content, ...flags, special: true }));
  return JSON.stringify({ version: '1.0', added_tokens, model: { type: 'WordPiece', vocab } });
}
