/** The small files of a tokenizer, made true to tokens that came or went. */
import { editConfig } from '../edit-config.ts';
import type { AddedToken, Tokenizer } from './tokenizer.ts';

/** The text of tokenizer.json. */
export function tokenizerText({ root }: Tokenizer): string {
  return `${JSON.stringify(root, null, 2)}\n`;
}

/**
 * The text of tokenizer_config.json: `added_tokens_decoder`, which transformers before 5 reads beside tokenizer.json,
 * and older versions instead of it. A file without that list stays as it is.
 */
export function tokenizerConfigText(text: string, { added }: Tokenizer): string {
  if (!isObject(text, 'added_tokens_decoder')) return text;
  const value = Object.fromEntries(added.map(({ id, ...token }) => [id, decoded(token)]));
  return editConfig(text, [{ path: ['added_tokens_decoder'], value }]);
}

/** In the order of keys that transformers writes. */
function decoded({
  content,
  lstrip,
  normalized,
  rstrip,
  single_word,
  special,
}: Omit<AddedToken, 'id'>) {
  return { content, lstrip, normalized, rstrip, single_word, special };
}

/** The text of added_tokens.json: ids of those that the vocabulary does not have. */
export function addedTokensText({ added, root }: Tokenizer): string {
  const vocab = (root['model'] as Readonly<Record<string, unknown>>)['vocab'];
  const own = Array.isArray(vocab)
    ? new Set(vocab.map((pair: unknown) => (Array.isArray(pair) ? pair[0] : null)))
    : new Set(Object.keys(vocab as object));
  const beside = added.filter(({ content }) => !own.has(content));
  const ids = Object.fromEntries(beside.map(({ content, id }) => [content, id]));
  return `${JSON.stringify(ids, null, 2)}\n`;
}

function isObject(text: string, key: string): boolean {
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)[key];
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
