import { sha1, sha256 } from 'hash-wasm';
import { refuseAdapter } from './adapter.ts';
import { parseConfig } from './config.ts';
import { FormatError } from './error.ts';
import { type FoundModel, recognise } from './folder.ts';
import type { Companion, Model, TensorEntry } from './model.ts';
import { type Header, type ReadableFile, readHeader } from './safetensors/header.ts';
import { checkIndex, locate, parseIndex } from './safetensors/index.ts';

const maxCompanion = 64 * 2 ** 20;
const maxText = 16 * 2 ** 20;
/** Headers read at once: files may be far away, and there may be hundreds. */
const lanes = 8;

/**
 * Reads what is needed to plan with a model: the header of each weight file, its index, and the small
 * files beside it. `files` are those of one model, each named by its path. Reads no weights, and calls
 * `read` at most twice for a weight file. Throws `FormatError`; errors of reading pass through.
 */
export async function openModel(
  id: string,
  name: string,
  files: readonly ReadableFile[],
  signal?: AbortSignal,
): Promise<Model> {
  const found = theOnlyModel(files);
  const byPath = new Map(files.map((file) => [file.name, file]));
  const weights = found.weights.map((path) => byPath.get(path)!);
  const headers = await readHeaders(weights, signal);

  locate(headers);
  refuseAdapter(new Map([...headers].map(([file, { tensors }]) => [file, namesOf(tensors)])));
  if (found.index !== undefined) {
    const text = new TextDecoder().decode(await readWhole(byPath.get(found.index)!, signal));
    checkIndex(parseIndex(text, found.index), found.index, headers);
  }

  const companions: Companion[] = [];
  for (const path of found.companions) {
    companions.push(await readCompanion(byPath.get(path)!, signal));
  }
  const config = companions.find((companion) => companion.name === 'config.json');
  return {
    id,
    name,
    files: weights.map((file) => ({ name: baseName(file.name), size: file.size })),
    tensors: collectTensors([...headers.values()]),
    config: config ? parseConfig(config.text ?? '', config.name) : null,
    companions,
    metadata: Object.assign({}, ...[...headers.values()].reverse().map((h) => h.metadata)),
  };
}

/** By base name, in the order of the files. */
async function readHeaders(
  files: readonly ReadableFile[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Header>> {
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const headers: Header[] = [];
  const left = files.entries(); // shared by the lanes
  const lane = async () => {
    for (const [i, file] of left) {
      both.throwIfAborted();
      headers[i] = await readHeader(file, both);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } catch (error) {
    stop.abort();
    throw error;
  }
  return new Map(files.map((file, i) => [baseName(file.name), headers[i]]));
}

function theOnlyModel(files: readonly ReadableFile[]): FoundModel {
  const { models, problems } = recognise(files.map(({ name, size }) => ({ path: name, size })));
  if (models.length === 0) throw problems[0];
  if (models.length === 1) return models[0];
  throw new FormatError('several-models', {
    file: models[0].weights[0],
    found: `${models.length} models: ${models.map((model) => model.name).join(', ')}`,
    expected: 'the files of one',
    advice: 'Open them one by one.',
  });
}

function namesOf(tensors: Header['tensors']): readonly string[] {
  return tensors.map(({ name }) => name);
}

function collectTensors(headers: readonly Header[]): ReadonlyMap<string, TensorEntry> {
  const entries = headers.flatMap(({ tensors }, file) =>
    tensors.map((tensor): [string, TensorEntry] => [tensor.name, { ...tensor, file }]),
  );
  return new Map(entries);
}

async function readCompanion(file: ReadableFile, signal?: AbortSignal): Promise<Companion> {
  if (file.size > maxCompanion) {
    throw new FormatError('companion-too-large', {
      file: file.name,
      found: `${file.size} bytes`,
      expected: `at most ${maxCompanion} for a file beside the weights`,
      advice: 'Leave this file out.',
    });
  }
  const name = baseName(file.name);
  const isConfig = name === 'config.json';
  if (file.digests && !isConfig) {
    return { name, size: file.size, digests: file.digests, text: null };
  }
  const bytes = await readWhole(file, signal);
  const digests = file.digests ?? (await digestsOf(bytes));
  return { name, size: file.size, digests, text: isConfig ? decodeText(bytes) : null };
}

/** In both ways the Hub names contents, so that a file on disk is known to be the one of a repo. */
async function digestsOf(bytes: Uint8Array): Promise<readonly string[]> {
  const frame = new TextEncoder().encode(`blob ${bytes.length}\0`);
  const framed = new Uint8Array(frame.length + bytes.length);
  framed.set(frame);
  framed.set(bytes, frame.length);
  return [`sha256:${await sha256(bytes)}`, `git:${await sha1(framed)}`];
}

async function readWhole(file: ReadableFile, signal?: AbortSignal): Promise<Uint8Array> {
  return file.size === 0 ? new Uint8Array() : file.read(0, file.size, signal);
}

/** A byte order mark stays, so that text and bytes are the same file. */
function decodeText(bytes: Uint8Array): string | null {
  if (bytes.length > maxText) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
