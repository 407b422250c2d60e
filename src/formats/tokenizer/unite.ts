/** Tokenizers with more tokens, or with fewer. */
import type { AddedToken, Tokenizer } from './tokenizer.ts';

export type NewToken = Omit<AddedToken, 'id'>;

/** A text that is a token wherever it stands. */
export function plainToken(content: string): NewToken {
  const flags = { single_word: false, lstrip: false, rstrip: false };
  return { content, ...flags, normalized: true, special: false };
}

/**
 * With tokens that it may lack, as the `tokenizers` library adds them: what is new gets the next ids in the order
 * given; what the vocabulary has becomes an added token at its id; what is an added token already stays as it is.
 */
export function withTokens(tokenizer: Tokenizer, tokens: readonly NewToken[]): Tokenizer {
  const ids = new Map(tokenizer.ids);
  const known = new Set(tokenizer.added.map(({ content }) => content));
  const added: AddedToken[] = [...tokenizer.added];
  let next = sizeOf(tokenizer);
  for (const token of tokens) {
    if (known.has(token.content)) continue;
    known.add(token.content);
    const id = ids.get(token.content) ?? next++;
    ids.set(token.content, id);
    added.push({ id, ...token });
  }
  if (added.length === tokenizer.added.length) return tokenizer;
  added.sort((a, b) => a.id - b.id);
  return { ...tokenizer, ids, added, root: { ...tokenizer.root, added_tokens: added } };
}

/** A tokenizer, and how many rows the embedding of its model has: what comes after them has no values. */
export type Voice = { readonly tokenizer: Tokenizer; readonly rows: number };

/**
 * The first one's tokens, and after them those that only others have, in their order and by their ids: first what
 * lies in their vocabularies, then what they added. Nothing that another one joins is joined: its tokens are met only
 * as they are spelled.
 */
export function union([first, ...others]: readonly [Voice, ...Voice[]]): Tokenizer {
  const base = withoutRowless(first);
  const added = new Map<string, NewToken>();
  for (const { tokenizer, rows } of [{ ...first, tokenizer: base }, ...others]) {
    for (const { id, ...token } of tokenizer.added) {
      if (id < rows && !added.has(token.content)) added.set(token.content, token);
    }
  }
  const spelled = others.flatMap(({ tokenizer, rows }) =>
    [...tokenizer.ids]
      .filter(([token, id]) => id < rows && !base.ids.has(token) && !added.has(token))
      .map(([token]) => plainToken(token)),
  );
  return withTokens(base, [...spelled, ...added.values()]);
}

/** Without tokens that no row belongs to, and what is joined from or to them. */
export function withoutRowless({ tokenizer, rows }: Voice): Tokenizer {
  if (sizeOf(tokenizer) <= rows) return tokenizer;
  const ids = new Map([...tokenizer.ids].filter(([, id]) => id < rows));
  const added = tokenizer.added.filter(({ id }) => id < rows);
  const model = tokenizer.root['model'] as Readonly<Record<string, unknown>>;
  const { vocab, merges } = model;
  const cut = Array.isArray(vocab)
    ? { vocab: vocab.slice(0, rows) }
    : {
        vocab: Object.fromEntries(
          Object.entries(vocab as Record<string, number>).filter(([, id]) => id < rows),
        ),
      };
  const kept = Array.isArray(merges)
    ? { merges: merges.filter((pair: unknown) => partsOf(pair).every((part) => ids.has(part))) }
    : {};
  return {
    ...tokenizer,
    ids,
    added,
    merges: kept.merges?.length ?? tokenizer.merges,
    root: { ...tokenizer.root, added_tokens: added, model: { ...model, ...cut, ...kept } },
  };
}

/** "a b", or a list of both; and what comes of joining them. */
function partsOf(pair: unknown): readonly string[] {
  const parts = typeof pair === 'string' ? pair.split(' ') : Array.isArray(pair) ? pair : [];
  return [...parts, parts.join('')];
}

/** How many rows it takes to have one for every token. */
export function sizeOf({ ids }: Pick<Tokenizer, 'ids'>): number {
  let size = 0;
  for (const id of ids.values()) size = Math.max(size, id + 1);
  return size;
}
