/** Reads tokenizer.json, the file of the `tokenizers` library. */
import { FormatError } from '../error.ts';
import {
  type AddedToken,
  mostTokens,
  type Tokenizer,
  type TokenizerKind,
  tokenizerKinds,
} from './tokenizer.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The tokens of a tokenizer.json. `file` is for messages. Throws FormatError where it is none, where its kind has no
 * vocabulary that can be united.
 */
export function readTokenizer(text: string, file: string): Tokenizer {
  const refuse = refusalOf(file);
  const root = parsed(text, refuse);
  const model = root['model'];
  if (!isFields(model)) throw refuse('no model', 'an object "model" with the vocabulary');
  const kind = kindOf(model, refuse);
  const vocabulary = vocabularyOf(model, kind, refuse);
  const added = addedOf(root, refuse);
  const all = new Map(vocabulary);
  for (const { content, id } of added) all.set(content, id);
  const ids = new Map([...all].sort(([, a], [, b]) => a - b));
  if (ids.size === 0) throw refuse('no tokens', 'at least one');
  const merges = Array.isArray(model['merges']) ? model['merges'].length : 0;
  const name = kind === 'BPE' && isByteLevel(root) ? 'byte-level BPE' : kind;
  return { kind, name, ids, added, merges, root };
}

type Refuse = (found: string, expected: string) => FormatError;

const again =
  'Save the tokenizer once more with transformers: AutoTokenizer.from_pretrained(…).save_pretrained(…).';

function refusalOf(file: string): Refuse {
  return (found, expected) =>
    new FormatError('bad-tokenizer', { file, found, expected, advice: again });
}

function parsed(text: string, refuse: Refuse): Fields {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw refuse(`no JSON: ${error instanceof Error ? error.message : error}`, 'a JSON object');
  }
  if (!isFields(root)) throw refuse('JSON that is no object', 'a JSON object');
  return root;
}

/** Files of old versions do not name the kind: a list of pairs is Unigram, and only BPE has merges. */
function kindOf(model: Fields, refuse: Refuse): TokenizerKind {
  const { type } = model;
  const known = tokenizerKinds.find((kind) => kind === type);
  if (known) return known;
  if (type === undefined || type === null) {
    if (Array.isArray(model['vocab'])) return 'Unigram';
    if (Array.isArray(model['merges'])) return 'BPE';
    if ('continuing_subword_prefix' in model) return 'WordPiece';
  }
  throw refuse(
    `a tokenizer of the kind ${JSON.stringify(type ?? null)}`,
    `one of ${tokenizerKinds.join(', ')}`,
  );
}

function vocabularyOf(
  { vocab }: Fields,
  kind: TokenizerKind,
  refuse: Refuse,
): readonly (readonly [string, number])[] {
  if (kind === 'Unigram') {
    if (!Array.isArray(vocab)) throw refuse('no list "vocab"', 'pairs of token and score');
    return vocab.map((pair: unknown, id) => {
      const [token] = Array.isArray(pair) ? pair : [];
      if (typeof token !== 'string')
        throw refuse(`entry ${id} of "vocab" without a token`, 'pairs');
      return [token, id];
    });
  }
  if (!isFields(vocab)) throw refuse('no object "vocab"', 'ids by token');
  return Object.entries(vocab).map(([token, id]) => [token, idOf(id, token, refuse)]);
}

function idOf(id: unknown, token: string, refuse: Refuse): number {
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < mostTokens) return id;
  throw refuse(
    `the id ${JSON.stringify(id)} of token ${JSON.stringify(token)}`,
    `a whole number from 0 to ${mostTokens - 1}`,
  );
}

function addedOf(root: Fields, refuse: Refuse): readonly AddedToken[] {
  const list = root['added_tokens'] ?? [];
  if (!Array.isArray(list)) throw refuse('"added_tokens" that are no list', 'a list');
  const added = list.map((one: unknown): AddedToken => {
    const fields = isFields(one) ? one : {};
    const { content, special } = fields;
    if (typeof content !== 'string') throw refuse('an added token without content', 'a text');
    const flag = (key: string, otherwise = false) =>
      typeof fields[key] === 'boolean' ? fields[key] : otherwise;
    return {
      id: idOf(fields['id'], content, refuse),
      content,
      single_word: flag('single_word'),
      lstrip: flag('lstrip'),
      rstrip: flag('rstrip'),
      normalized: flag('normalized', special !== true),
      special: special === true,
    };
  });
  return added.sort((a, b) => a.id - b.id);
}

/** Whether texts are split into bytes that letters stand for, as GPT-2 does. */
function isByteLevel(root: Fields): boolean {
  const names = (value: unknown): readonly unknown[] =>
    isFields(value)
      ? [value['type'], ...[value['pretokenizers'], value['decoders']].flat().flatMap(names)]
      : [];
  return [root['pre_tokenizer'], root['decoder']].flatMap(names).includes('ByteLevel');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
