import { FormatError, quoted } from '../error.ts';
import { JsonError, JsonReader, placeInText } from '../json.ts';
import { refuseForeign } from './foreign.ts';
import { LONGEST_NAME, readTensor } from './tensor.ts';
import type { PlacedTensor } from './write.ts';

/** Names, dtypes, shapes and byte ranges of one file. */
export type Header = {
  /** In file order; `begin` and `end` are byte offsets in the file. */
  readonly tensors: readonly PlacedTensor[];
  /** `__metadata__`, empty when there is none; of what is very long or very many only the first is kept. */
  readonly metadata: Readonly<Record<string, string>>;
  /** 8 length bytes and the JSON. */
  readonly byteLength: number;
};

/** A file whose bytes can be asked for; a `Source` is one. */
export type ReadableFile = {
  readonly name: string;
  readonly size: number;
  /** What is known of its content without reading it, as `Companion.digests`. */
  readonly digests?: readonly string[];
  read(begin: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
};

/** The cap of the safetensors crate, in bytes. */
const maxHeader = 100_000_000;
/** The largest models have some 150,000. */
export const MOST_TENSORS = 500_000;
/** Nothing that a merge looks at in `__metadata__` is longer, in characters, but an adapter's config. */
const LONGEST_METADATA = 65_536;
const LONGEST_CONFIG = 2 ** 22;
const MOST_METADATA = 1_000;
const MOST_ENTRIES = 100_000;
/** Holds the header of nearly every file, so one read is enough. */
const firstRead = 512 * 1024;

/**
 * Reads and checks the header, and no weights beyond `firstRead` bytes. Throws `FormatError`, one tag
 * for each rung of the ladder of checks in the safetensors crate.
 */
export async function readHeader(file: ReadableFile, signal?: AbortSignal): Promise<Header> {
  const fail = failure(file.name);
  if (file.size < 8) {
    const found = file.size === 0 ? 'an empty file' : `${file.size} bytes`;
    throw fail('too-short', found, 'a safetensors file, 8 bytes at least', advice.notFilled);
  }
  const start = await file.read(0, Math.min(file.size, firstRead), signal);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length > maxHeader || 8 + Number(length) > file.size) refuseForeign(start, file.name);
  if (length === 0n && start.every((byte) => byte === 0)) {
    throw fail('not-safetensors', 'nothing but zeros', 'a safetensors file', advice.notFilled);
  }
  if (length > maxHeader) {
    const found = `a header length of ${length} bytes`;
    throw fail('header-too-large', found, `at most ${maxHeader}`, advice.notOne);
  }
  const end = 8 + Number(length);
  if (end > file.size) {
    const found = `a header that ends at byte ${end}`;
    throw fail(
      'header-past-end',
      found,
      `at most ${file.size}, the size of the file`,
      advice.again,
    );
  }
  const json = new Uint8Array(Number(length));
  json.set(start.subarray(8, end));
  if (end > start.length) {
    json.set(await file.read(start.length, end, signal), start.length - 8);
  }
  return parseHeader(json, file.name, file.size - end);
}

/** Checks the JSON of a header against `dataLength`, the bytes that follow it in the file. */
export function parseHeader(
  json: Uint8Array,
  fileName: string,
  dataLength: number,
  mostTensors = MOST_TENSORS,
): Header {
  const { tensors, metadata } = readJson(decodeUtf8(json, fileName), fileName, mostTensors);
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkContiguous(tensors, fileName, dataLength);
  const byteLength = 8 + json.length;
  return {
    tensors: tensors.map((tensor) => ({
      ...tensor,
      begin: byteLength + tensor.begin,
      end: byteLength + tensor.end,
    })),
    metadata,
    byteLength,
  };
}

const advice = {
  again: 'The file is incomplete: download or save it again.',
  notFilled: 'It was not saved or not downloaded to its end: download or save it again.',
  writer: 'The program that wrote this file has a fault: save it again with safetensors.',
  notOne:
    'This is not a safetensors file, or it is damaged. Take it again from where it came from, or save the model with safetensors.',
  longer:
    'The file is longer than it says: padded or added to after it was written. Save it again with safetensors, or download it again.',
  many: 'Models of so many tensors are beyond what a browser holds.',
};

type Fail = (
  tag: FormatError['tag'],
  found: string,
  expected: string,
  advice: string,
  tensor?: string,
) => FormatError;

function failure(file: string): Fail {
  return (tag, found, expected, advice, tensor) =>
    new FormatError(tag, {
      file,
      ...(tensor === undefined ? {} : { tensor }),
      found,
      expected,
      advice,
    });
}

function decodeUtf8(json: Uint8Array, fileName: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json);
  } catch (cause) {
    const context = { file: fileName, found: 'a header that is not UTF-8', expected: 'UTF-8 text' };
    throw new FormatError('not-utf8', { ...context, advice: advice.notOne }, cause);
  }
}

type Read = { readonly tensors: PlacedTensor[]; readonly metadata: Header['metadata'] };

/** Goes through the header once, and builds nothing but its tensors and what is kept of the metadata. */
function readJson(text: string, fileName: string, mostTensors: number): Read {
  const fail = failure(fileName);
  const tensors: PlacedTensor[] = [];
  let metadata: Header['metadata'] = {};
  try {
    const reader = new JsonReader(text);
    if (reader.next !== '{' && text.trim() !== '' && !/^[\0\uFEFF]/.test(text)) {
      const found = reader.next === '[' ? 'a list' : 'JSON that is no object';
      if (reader.next !== '[') reader.skip(); // what is no JSON at all is told as that
      throw fail('not-an-object', found, 'names with their tensors', advice.notOne);
    }
    reader.members((name) => {
      if (name === '__metadata__') metadata = readMetadata(reader, fileName);
      else tensors.push(readTensor(reader, name, fileName));
      if (tensors.length > mostTensors) {
        const most = mostTensors.toLocaleString('en-US');
        throw fail('too-many-tensors', `more than ${most} tensors`, `at most ${most}`, advice.many);
      }
    });
    reader.end();
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw jsonFailure(error, text, fail);
  }
  return { tensors, metadata };
}

/** Byte order marks and NULs have sentences of their own: the place in the text would puzzle. */
function jsonFailure(error: JsonError, text: string, fail: Fail): FormatError {
  if (error.tag === 'duplicate-key') {
    const found = `the key "${quoted(error.message)}" twice`;
    return fail('duplicate-key', found, 'each name once', advice.writer);
  }
  if (error.tag === 'too-much') {
    return fail('bad-tensor', error.message, 'dtype, shape and data_offsets', advice.writer);
  }
  const expected = 'a JSON object';
  if (text.trim() === '') return fail('not-json', 'an empty header', expected, advice.notFilled);
  if (text.startsWith('\uFEFF')) {
    const found = 'a byte order mark in front of the header';
    return fail('not-json', found, expected, advice.writer);
  }
  if (text.charAt(error.at) === '\0') {
    const found = error.at === 0 ? 'NUL bytes for a header' : 'a header padded with NUL bytes';
    const wanted = error.at === 0 ? expected : 'spaces after its JSON';
    return fail('not-json', found, wanted, error.at === 0 ? advice.notFilled : advice.writer);
  }
  const found = `invalid JSON at ${placeInText(text, error.at)}: ${error.message}`;
  return fail('not-json', found, expected, advice.notOne);
}

function readMetadata(reader: JsonReader, fileName: string): Header['metadata'] {
  const fail = failure(fileName);
  const wanted = 'an object of texts';
  if (reader.next !== '{') {
    throw fail('bad-metadata', '__metadata__ that is no object', wanted, advice.writer);
  }
  const kept = new Map<string, string>();
  let count = 0;
  reader.members((key) => {
    count += 1;
    if (count > MOST_ENTRIES) {
      const most = MOST_ENTRIES.toLocaleString('en-US');
      const found = `more than ${most} entries in __metadata__`;
      throw fail('bad-metadata', found, `at most ${most}`, advice.writer);
    }
    const value = reader.next === '"' ? reader.value() : null;
    if (typeof value !== 'string') {
      const found = `__metadata__ where "${quoted(key)}" is no text`;
      throw fail('bad-metadata', found, wanted, advice.writer);
    }
    const isConfig = key === 'lora_adapter_metadata';
    const most = isConfig ? LONGEST_CONFIG : LONGEST_METADATA;
    const fits = key.length <= LONGEST_NAME && value.length <= most;
    if (fits && (isConfig || kept.size < MOST_METADATA)) kept.set(key, value);
  });
  return Object.fromEntries(kept);
}

/** Tensors fill the bytes after the header one after another, from the first to the last. */
function checkContiguous(
  sorted: readonly PlacedTensor[],
  fileName: string,
  dataLength: number,
): void {
  const fail = failure(fileName);
  let end = 0;
  for (const [index, { name, begin, end: next }] of sorted.entries()) {
    if (begin !== end) {
      const tag = index === 0 ? 'first-offset' : begin > end ? 'hole' : 'overlap';
      throw fail(tag, `data from byte ${begin}`, `from byte ${end}`, advice.writer, name);
    }
    end = next;
  }
  if (end > dataLength) {
    const found = `${dataLength} bytes of tensor data`;
    throw fail('truncated', found, `${end}, as the header says`, advice.again);
  }
  if (end < dataLength) {
    const found = `${dataLength - end} bytes after the last tensor`;
    throw fail('trailing-bytes', found, 'none', advice.longer);
  }
}
