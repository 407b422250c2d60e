import { FormatError } from '../error.ts';
import { type Json, JsonError, parseJson, placeInText } from '../json.ts';
import { refuseForeign } from './foreign.ts';
import { readTensor } from './tensor.ts';
import type { PlacedTensor } from './write.ts';

/** Names, dtypes, shapes and byte ranges of one file. */
export type Header = {
  /** In file order; `begin` and `end` are byte offsets in the file. */
  readonly tensors: readonly PlacedTensor[];
  /** `__metadata__`, empty when there is none. */
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
/** Holds the header of nearly every file, so one read is enough. */
const firstRead = 512 * 1024;

/**
 * Reads and checks the header, and no weights beyond `firstRead` bytes. Throws `FormatError`, one tag
 * for each rung of the ladder of checks in the safetensors crate.
 */
export async function readHeader(file: ReadableFile, signal?: AbortSignal): Promise<Header> {
  const fail = failure(file.name);
  if (file.size < 8) {
    throw fail('too-short', `${file.size} bytes`, 'at least 8', advice.again);
  }
  const start = await file.read(0, Math.min(file.size, firstRead), signal);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length > maxHeader || 8 + Number(length) > file.size) refuseForeign(start, file.name);
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
export function parseHeader(json: Uint8Array, fileName: string, dataLength: number): Header {
  const fail = failure(fileName);
  const root = parseText(decodeUtf8(json, fileName), fileName);
  if (!(root instanceof Map)) {
    throw fail(
      'not-an-object',
      'JSON that is no object',
      'names with their tensors',
      advice.notOne,
    );
  }
  const byteLength = 8 + json.length;
  const tensors = [...(root as ReadonlyMap<string, Json>)]
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => readTensor(value, name, fileName))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkContiguous(tensors, fileName, dataLength);
  return {
    tensors: tensors.map((tensor) => ({
      ...tensor,
      begin: byteLength + tensor.begin,
      end: byteLength + tensor.end,
    })),
    metadata: readMetadata(root.get('__metadata__'), fileName),
    byteLength,
  };
}

const advice = {
  again: 'The file is incomplete: download or save it again.',
  writer: 'The program that wrote this file has a fault: save it again with safetensors.',
  notOne: 'This is not a safetensors file, or it is damaged: download or save it again.',
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

function parseText(text: string, fileName: string): Json {
  const fail = failure(fileName);
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    if (error.tag === 'duplicate-key') {
      const found = `the key "${error.message}" twice`;
      throw fail('duplicate-key', found, 'each name once', advice.writer);
    }
    const found = `invalid JSON at ${placeInText(text, error.at)}: ${error.message}`;
    throw fail('not-json', found, 'a JSON object', advice.notOne);
  }
}

function readMetadata(value: Json | undefined, fileName: string): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const entries = value instanceof Map ? [...(value as ReadonlyMap<string, Json>)] : null;
  const odd = entries?.find(([, text]) => typeof text !== 'string');
  if (!entries || odd) {
    const found = odd
      ? `__metadata__ where "${odd[0]}" is no text`
      : '__metadata__ that is no object';
    throw failure(fileName)('bad-metadata', found, 'an object of texts', advice.writer);
  }
  return Object.fromEntries(entries) as Record<string, string>;
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
    throw fail('trailing-bytes', found, 'none', advice.writer);
  }
}
