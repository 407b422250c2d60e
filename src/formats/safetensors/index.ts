import { FormatError, type FormatTag } from '../error.ts';
import { type Json, JsonError, parseJson, placeInText } from '../json.ts';
import type { Header } from './header.ts';

/** `model.safetensors.index.json`: which tensor lies in which shard. */
export type ShardIndex = {
  readonly fileOf: ReadonlyMap<string, string>;
  /** Each shard once, in order of name. */
  readonly files: readonly string[];
};

const advice = {
  again: 'Download or save the model again.',
  complete: 'Add the missing file: drop the whole folder, with every shard.',
  mixed: 'Shards of different models may be mixed: download or save the model again.',
};

function fail(
  tag: FormatTag,
  file: string,
  found: string,
  expected: string,
  what: string,
  tensor?: string,
): FormatError {
  const place = tensor === undefined ? { file } : { file, tensor };
  return new FormatError(tag, { ...place, found, expected, advice: what });
}

/** Reads the text of an index file. Throws `FormatError`. */
export function parseIndex(text: string, file: string): ShardIndex {
  const root = parseText(text, file);
  const map = root instanceof Map ? (root.get('weight_map') as Json | undefined) : undefined;
  if (!(map instanceof Map)) {
    const found = 'no weight_map';
    throw fail('bad-index', file, found, 'an object that maps tensors to files', advice.again);
  }
  const fileOf = new Map<string, string>();
  for (const [tensor, shard] of map as ReadonlyMap<string, Json>) {
    if (typeof shard !== 'string') {
      const found = 'a file name that is no text';
      throw fail('bad-index', file, found, 'the name of a shard', advice.again, tensor);
    }
    checkShardName(shard, tensor, file);
    fileOf.set(tensor, shard);
  }
  return { fileOf, files: [...new Set(fileOf.values())].sort() };
}

/**
 * Compares index and shards. Throws `FormatError` when a shard is missing, when a tensor is not in the
 * shard the index names, or when two shards hold the same tensor.
 */
export function checkIndex(
  index: ShardIndex,
  file: string,
  headers: ReadonlyMap<string, Header>,
): void {
  const missing = index.files.filter((shard) => !headers.has(shard));
  if (missing.length > 0) {
    const expected = `all ${index.files.length} files the index names`;
    throw fail('missing-shard', file, `no ${missing.join(', ')}`, expected, advice.complete);
  }
  const shardOf = locate(headers);
  for (const [tensor, expected] of index.fileOf) {
    const found = shardOf.get(tensor);
    if (found === expected) continue;
    const tag = found === undefined ? 'missing-in-shard' : 'wrong-shard';
    const where = found === undefined ? 'it in no shard' : `it in ${found}`;
    throw fail(tag, file, where, `it in ${expected}`, advice.mixed, tensor);
  }
}

/** Which shard holds each tensor. Throws `FormatError` when two do. */
export function locate(headers: ReadonlyMap<string, Header>): ReadonlyMap<string, string> {
  const shardOf = new Map<string, string>();
  for (const [shard, { tensors }] of headers) {
    for (const { name } of tensors) {
      const other = shardOf.get(name);
      if (other !== undefined) {
        const found = `it in ${other} too`;
        throw fail('duplicate-tensor', shard, found, 'each tensor in one file', advice.mixed, name);
      }
      shardOf.set(name, shard);
    }
  }
  return shardOf;
}

function parseText(text: string, file: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const place = placeInText(text, error.at);
    if (error.tag === 'duplicate-key') {
      const found = `the key "${error.message}" twice, at ${place}`;
      throw fail('duplicate-key', file, found, 'each name once', advice.again);
    }
    const found = `invalid JSON at ${place}: ${error.message}`;
    throw fail('bad-index', file, found, 'a JSON object', advice.again);
  }
}

/** A name that leads out of the folder would let an index read files it was not given. */
function checkShardName(name: string, tensor: string, file: string): void {
  const isPath = /[/\\:\0]/.test(name) || name === '.' || name === '..';
  if (!isPath && name.endsWith('.safetensors')) return;
  const found = `the file name ${JSON.stringify(name)}`;
  const expected = 'the plain name of a .safetensors file beside the index';
  throw fail('index-file-name', file, found, expected, advice.again, tensor);
}
