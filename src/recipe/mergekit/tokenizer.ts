/** `tokenizer` and `tokenizer_source` of a mergekit recipe. */
import { limits } from '../limits.ts';
import { found, type Located, type LocatedMap, type Place } from './located.ts';
import { type Reference, readReference, wordOf } from './reference.ts';
import { MergekitError, type Remarks } from './remarks.ts';

export type MergekitToken = {
  readonly token: string;
  readonly from:
    | { readonly kind: 'zeros' }
    | { readonly kind: 'model'; readonly model: Reference }
    | { readonly kind: 'token'; readonly model: Reference; readonly token: string | number };
  readonly force: boolean;
};

export type MergekitTokenizer = {
  readonly source: 'union' | 'base' | Reference;
  readonly tokens: readonly MergekitToken[];
  readonly padTo: number | null;
  readonly at: Place;
};

/** Null where neither is there. Throws MergekitError where mergekit stops. */
export function readMergekitTokenizer(
  document: LocatedMap,
  remarks: Remarks,
): MergekitTokenizer | null {
  const [long, short] = ['tokenizer', 'tokenizer_source'].map((key) => {
    const entry = document.entries.get(key);
    return entry && entry.value.kind !== 'nothing' ? entry : null;
  });
  if (long && short) {
    throw new MergekitError('tokenizer and tokenizer_source are both there: mergekit stops', short);
  }
  if (short) {
    return { source: readSource(short.value, remarks), tokens: [], padTo: null, at: short };
  }
  if (!long) return null;
  const { value } = long;
  if (value.kind !== 'map') {
    throw new MergekitError(`tokenizer should be a map; found ${found(value)}`, value);
  }
  const known = ['source', 'tokens', 'pad_to_multiple_of'];
  for (const [key, entry] of value.entries) {
    if (!known.includes(key)) {
      remarks.add('ignored', entry, `${key} is no part of tokenizer; mergekit ignores it.`);
    }
  }
  const source = given(value, 'source');
  const tokens = given(value, 'tokens');
  const multiple = given(value, 'pad_to_multiple_of');
  return {
    source: source ? readSource(source, remarks) : 'union',
    tokens: tokens ? readTokens(tokens, remarks) : [],
    padTo: multiple ? readMultiple(multiple) : null,
    at: long,
  };
}

function given(map: LocatedMap, key: string): Located | null {
  const value = map.entries.get(key)?.value;
  return value && value.kind !== 'nothing' ? value : null;
}

/** Old recipes write `model:` in front of a model's name. */
function readSource(value: Located, remarks: Remarks): MergekitTokenizer['source'] {
  const word = 'text' in value ? wordOf(value) : null;
  if (word === 'union' || word === 'base') return word;
  if (word?.startsWith('model:') && value.kind === 'text') {
    return readReference({ ...value, value: word.slice('model:'.length) }, remarks);
  }
  return readReference(value, remarks);
}

function readMultiple(value: Located): number {
  const fits =
    value.kind === 'number' &&
    Number.isInteger(value.value) &&
    value.value >= 1 &&
    value.value <= limits.padTo;
  if (fits) return value.value;
  throw new MergekitError(
    `pad_to_multiple_of should be a whole number from 1 to ${limits.padTo}; found ${found(value)}`,
    value,
  );
}

function readTokens(value: Located, remarks: Remarks): readonly MergekitToken[] {
  if (value.kind !== 'map') {
    throw new MergekitError(`tokens should be a map; found ${found(value)}`, value);
  }
  if (value.entries.size > limits.tokenRows) {
    const what = `The recipe has ${value.entries.size} tokens, and at most ${limits.tokenRows} are read`;
    throw new MergekitError(what, value);
  }
  return [...value.entries].map(([token, entry]) => readToken(token, entry.value, remarks));
}

function readToken(token: string, value: Located, remarks: Remarks): MergekitToken {
  if (value.kind !== 'map') {
    throw new MergekitError(`The token ${token} should have a map; found ${found(value)}`, value);
  }
  const force = given(value, 'force');
  if (force && force.kind !== 'boolean') {
    throw new MergekitError(`force should be true or false; found ${found(force)}`, force);
  }
  const source = given(value, 'source');
  if (!source) {
    const what = `The token ${token} has no source, which mergekit stops at where it needs one`;
    throw new MergekitError(what, value);
  }
  return { token, from: readFrom(source, remarks), force: force?.value ?? false };
}

function readFrom(source: Located, remarks: Remarks): MergekitToken['from'] {
  const kind = source.kind === 'map' ? given(source, 'kind') : null;
  if (source.kind !== 'map' || !kind) {
    return { kind: 'model', model: readReference(source, remarks) };
  }
  const word = 'text' in kind ? wordOf(kind) : null;
  if (word === 'zero') return { kind: 'zeros' };
  if (word !== 'model_token') {
    throw new MergekitError(`kind should be zero or model_token; found ${found(kind)}`, kind);
  }
  const [model, token, id] = ['model', 'token', 'token_id'].map((key) => given(source, key));
  if (!model) throw new MergekitError('A token of a model needs “model”', source);
  if ((token === null) === (id === null)) {
    throw new MergekitError('Either “token” or “token_id” says which token it is', source);
  }
  return { kind: 'token', model: readReference(model, remarks), token: nameOf(token, id) };
}

function nameOf(token: Located | null, id: Located | null): string | number {
  if (token && 'text' in token) return wordOf(token);
  if (id?.kind === 'number' && Number.isSafeInteger(id.value) && id.value >= 0) return id.value;
  const wrong = (token ?? id)!;
  throw new MergekitError(`A token should be named here; found ${found(wrong)}`, wrong);
}
