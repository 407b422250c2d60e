import { FormatError, type FormatTag, quoted } from '../error.ts';
import { JsonError, JsonReader, placeInText } from '../json.ts';
import { weightsEnding } from '../weight-files.ts';
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

/** Reads the text of an index file; only its `weight_map` is built. Throws `FormatError`. */
export function parseIndex(text: string, file: string): ShardIndex {
  const fileOf = new Map<string, string>();
  let isThere = false;
  const reader = new JsonReader(text);
  const readMap = () =>
    reader.members((tensor) => {
      const shard = reader.next === '"' ? reader.value() : null;
      if (typeof shard !== 'string') {
        const found = 'a file name that is no text';
        throw fail('bad-index', file, found, 'the name of a shard', advice.again, tensor);
      }
      checkShardName(shard, tensor, file);
      fileOf.set(tensor, shard);
    });
  try {
    if (reader.next === '[') reader.skip();
    else {
      reader.members((key) => {
        if (key !== 'weight_map' || reader.next !== '{') return reader.skip();
        isThere = true;
        readMap();
      });
    }
    reader.end();
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw jsonFailure(error, text, file);
  }
  if (!isThere) {
    const found = 'no weight_map';
    throw fail('bad-index', file, found, 'an object that maps tensors to files', advice.again);
  }
  return { fileOf, files: [...new Set(fileOf.values())].sort() };
}

/** The same with shards named as the files are, where only upper and lower case differ. */
export function asOnDisk(index: ShardIndex, names: Iterable<string>): ShardIndex {
  const present = new Set(names);
  if (index.files.every((file) => present.has(file))) return index;
  const byLower = new Map([...present].map((name) => [name.toLowerCase(), name]));
  const nameOf = (file: string) =>
    present.has(file) ? file : (byLower.get(file.toLowerCase()) ?? file);
  return {
    fileOf: new Map([...index.fileOf].map(([tensor, file]) => [tensor, nameOf(file)])),
    files: index.files.map(nameOf),
  };
}

/** Which shard each tensor is taken from, and what index and shards do not agree on. */
export type Settled = {
  readonly shardOf: ReadonlyMap<string, string>;
  /** One sentence each. */
  readonly remarks: readonly string[];
};

/**
 * Which shard holds each tensor. The headers say what is there; where two shards hold one tensor, the index
 * says which counts. Throws `FormatError` when a shard that the index names is missing, or when a tensor is
 * in two and no index decides.
 */
export function settle(
  headers: ReadonlyMap<string, Header>,
  given: ShardIndex | null,
  file: string,
): Settled {
  const index = given && asOnDisk(given, headers.keys());
  const missing = (index?.files ?? []).filter((shard) => !headers.has(shard));
  if (missing.length > 0) {
    const expected = `all ${index?.files.length} files the index names`;
    const few = missing.slice(0, 5).join(', ');
    throw fail('missing-shard', file, `no ${few}`, expected, advice.complete);
  }
  const shardOf = new Map<string, string>();
  const twice: string[] = [];
  for (const [shard, { tensors }] of headers) {
    for (const { name } of tensors) {
      const other = shardOf.get(name);
      const named = index?.fileOf.get(name);
      if (other !== undefined && named !== other && named !== shard) {
        const found = `it in ${other} too`;
        throw fail('duplicate-tensor', shard, found, 'each tensor in one file', advice.mixed, name);
      }
      if (other !== undefined) twice.push(name);
      if (other === undefined || named === shard) shardOf.set(name, shard);
    }
  }
  if (!index) return { shardOf, remarks: [] };
  const gone = [...index.fileOf.keys()].filter((name) => !shardOf.has(name));
  const moved = [...index.fileOf].filter(([name, shard]) => (shardOf.get(name) ?? shard) !== shard);
  const unlisted = [...shardOf.keys()].filter((name) => !index.fileOf.has(name));
  const remarks = [
    said(gone, 'are in the index and in no shard'),
    said(
      moved.map(([name]) => name),
      'lie in another shard than the index says',
    ),
    gone.length + moved.length > 0 ? said(unlisted, 'lie in a shard and not in the index') : [],
    said(twice, 'lie in two shards; those that the index names are taken'),
  ].flat();
  return { shardOf, remarks };
}

function said(names: readonly string[], what: string): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length > 3 ? `, and ${(names.length - 3).toLocaleString('en-US')} more` : '';
  return [`${names.slice(0, 3).join(', ')}${more} ${what}`];
}

function jsonFailure(error: JsonError, text: string, file: string): FormatError {
  if (error.tag === 'too-much') {
    return fail('bad-index', file, error.message, 'a weight_map', advice.again);
  }
  const place = placeInText(text, error.at);
  if (error.tag === 'duplicate-key') {
    const found = `the key "${quoted(error.message)}" twice, at ${place}`;
    return fail('duplicate-key', file, found, 'each name once', advice.again);
  }
  const found = `invalid JSON at ${place}: ${error.message}`;
  return fail('bad-index', file, found, 'a JSON object', advice.again);
}

/** A name that leads out of the folder would let an index read files it was not given. */
function checkShardName(name: string, tensor: string, file: string): void {
  const isPath = /[/\\:\0]/.test(name) || name === '.' || name === '..';
  if (!isPath && weightsEnding.test(name)) return;
  const found = `the file name ${JSON.stringify(quoted(name))}`;
  const expected = 'the plain name of a .safetensors file beside the index';
  throw fail('index-file-name', file, found, expected, advice.again, tensor);
}
