import { sha1, sha256 } from 'hash-wasm';
import { refuseAdapter } from './adapter.ts';
import { type LeftOut, largestCompanion, roleOf } from './beside.ts';
import { formatBytes } from './bytes.ts';
import { readCodes } from './codes/read-codes.ts';
import { configAdvice, parseConfig } from './config.ts';
import { FormatError } from './error.ts';
import { type Deciding, recognise, toRead } from './folder.ts';
import {
  type Companion,
  type Component,
  identityOf,
  type Model,
  type StoredTensor,
} from './model.ts';
import type { FoundModel, Recognised } from './model-folder.ts';
import { MOST_TENSORS, type ReadableFile, readHeader } from './safetensors/header.ts';
import { parseIndex, settle } from './safetensors/index.ts';
import { together } from './together.ts';

const maxText = 8 * 2 ** 20;
/** Bytes of an index; as many as of a header. */
const maxIndex = 100_000_000;

/**
 * Reads what is needed to plan with a model: the header of each weight file, its indices, and of the small
 * files beside it those that say what it is. `files` are those of one model, each named by its path;
 * `leftOut` is what else lay in its folder. Reads no weights, and calls `read` at most twice for a weight
 * file. Throws `FormatError`; errors of reading pass through.
 */
export async function openModel(
  id: string,
  name: string,
  files: readonly ReadableFile[],
  signal?: AbortSignal,
  leftOut: readonly LeftOut[] = [],
): Promise<Model> {
  const found = await theOnlyModel(files, signal);
  const byPath = new Map(files.map((file) => [file.name, file]));
  const relative = (path: string) => path.slice(found.root.length);
  const weights = found.weights.map((path) => byPath.get(path)!);
  const read = await together(weights, readHeader, signal);
  const headers = new Map(weights.map(({ name: path }, file) => [path, read[file]]));
  refuseAdapter(new Map([...headers].map(([path, h]) => [relative(path), namesOf(h.tensors)])));

  const stored: Map<string, StoredTensor>[] = [];
  const remarks: string[] = [];
  for (const component of found.components) {
    const tensors = new Map<string, StoredTensor>();
    stored.push(tensors);
    const own = new Map(component.weights.map((path) => [baseName(path), headers.get(path)!]));
    const index = component.index === undefined ? null : byPath.get(component.index)!;
    if (index && index.size > maxIndex) throw tooLarge(index);
    const text = index && new TextDecoder().decode(await readWhole(index, signal));
    const first = component.index ?? component.weights[0];
    const settled = settle(own, text === null ? null : parseIndex(text, first), first);
    if (index) remarks.push(...settled.remarks.map((each) => `${relative(index.name)}: ${each}`));
    for (const path of component.weights) {
      const file = found.weights.indexOf(path);
      for (const tensor of headers.get(path)!.tensors) {
        if (settled.shardOf.get(tensor.name) !== baseName(path)) continue;
        const identity = identityOf(component.name, tensor.name);
        tensors.set(identity, { ...tensor, name: identity, file });
      }
    }
  }

  refuseCount(
    stored.reduce((sum, { size }) => sum + size, 0),
    weights[0].name,
  );

  const beside = found.companions.map((path) => byPath.get(path)!);
  const companions = await together(
    beside,
    (file, each) => readCompanion(file, relative(file.name), each),
    signal,
  );
  const configs = found.components.map((component) => {
    return { name: component.name, config: configIn(component.name, companions) };
  });
  return {
    id,
    name,
    files: found.components.flatMap((component) =>
      component.weights.map((path) => ({
        name: relative(path),
        size: byPath.get(path)!.size,
        component: component.name,
      })),
    ),
    ...readCodes(configs.map(({ config }, i) => ({ tensors: stored[i], config }))),
    config: configIn('', companions),
    components: configs,
    companions,
    leftOut: [...leftOut, ...found.leftOut],
    remarks,
    adapter: null,
    metadata: Object.assign({}, ...[...headers.values()].reverse().map((h) => h.metadata)),
  };
}

/** Reads first what decides which files are the model. */
export async function decide(
  files: readonly ReadableFile[],
  options: Omit<Deciding, 'texts'> = {},
  signal?: AbortSignal,
): Promise<Recognised> {
  const dropped = files.map(({ name, size }) => ({ path: name, size }));
  const wanted = new Set(toRead(dropped));
  const deciding = files.filter(({ name, size }) => wanted.has(name) && size <= largestCompanion);
  const texts = new Map<string, string>();
  for (const file of deciding) {
    texts.set(file.name, new TextDecoder().decode(await readWhole(file, signal)));
  }
  return recognise(dropped, { ...options, texts });
}

async function theOnlyModel(
  files: readonly ReadableFile[],
  signal?: AbortSignal,
): Promise<FoundModel> {
  const { models, problems } = await decide(files, {}, signal);
  if (models.length === 0) throw problems[0];
  if (models.length === 1) return models[0];
  throw new FormatError('several-models', {
    file: models[0].weights[0],
    found: `${models.length} models: ${models.map((model) => model.name).join(', ')}`,
    expected: 'the files of one',
    advice: 'Open them one by one.',
  });
}

function configIn(component: string, companions: readonly Companion[]): Component['config'] {
  const path = identityOf(component, 'config.json');
  const file = companions.find(({ name }) => name === path);
  if (!file) return null;
  if (file.text !== null) return parseConfig(file.text, path);
  throw new FormatError('bad-config', {
    file: path,
    found: file.size > maxText ? formatBytes(file.size) : 'text that is not UTF-8',
    expected: `a JSON object in UTF-8, of at most ${formatBytes(maxText)}`,
    advice: configAdvice,
  });
}

function tooLarge({ name, size }: ReadableFile): FormatError {
  return new FormatError('index-too-large', {
    file: name,
    found: formatBytes(size),
    expected: `at most ${formatBytes(maxIndex)} for an index`,
    advice: 'Take this file again from where the model came from, or leave it out.',
  });
}

/** Throws when there is nothing to merge, or more than a browser holds. */
function refuseCount(count: number, file: string): void {
  if (count === 0) {
    const advice =
      'The file is whole and holds nothing to merge: choose the file with the weights.';
    const found = 'no tensors';
    throw new FormatError('no-tensors', { file, found, expected: 'at least one', advice });
  }
  if (count <= MOST_TENSORS) return;
  const [found, most] = [count, MOST_TENSORS].map((each) => each.toLocaleString('en-US'));
  throw new FormatError('too-many-tensors', {
    file,
    found: `${found} tensors in the files of this model`,
    expected: `at most ${most}`,
    advice: 'Models of so many tensors are beyond what a browser holds.',
  });
}

function namesOf(tensors: readonly { readonly name: string }[]): readonly string[] {
  return tensors.map(({ name }) => name);
}

/** Files whose text says what a model is and how it speaks. */
const TOLD =
  /^(?:config|generation_config|tokenizer_config|special_tokens_map|model_index|modules)\.json$|^chat_template\.(?:jinja|json)$/;

/** Reads what is compared or understood; other files are only copied. */
export async function readCompanion(
  file: ReadableFile,
  name: string,
  signal: AbortSignal,
): Promise<Companion> {
  const { size } = file;
  const isTold = TOLD.test(baseName(name)) && size <= maxText;
  if (!isTold && (file.digests || roleOf(name) === 'config')) {
    return { name, size, digests: file.digests ?? [], text: null };
  }
  const bytes = await readWhole(file, signal);
  const digests = file.digests ?? (await digestsOf(bytes));
  return { name, size, digests, text: isTold ? decodeText(bytes) : null };
}

/** In both ways the Hub names contents, so that a file on disk is known to be the one of a repo. */
async function digestsOf(bytes: Uint8Array): Promise<readonly string[]> {
  const frame = new TextEncoder().encode(`blob ${bytes.length}\0`);
  const framed = new Uint8Array(frame.length + bytes.length);
  framed.set(frame);
  framed.set(bytes, frame.length);
  return [`sha256:${await sha256(bytes)}`, `git:${await sha1(framed)}`];
}

export async function readWhole(file: ReadableFile, signal?: AbortSignal): Promise<Uint8Array> {
  return file.size === 0 ? new Uint8Array() : file.read(0, file.size, signal);
}

/** A byte order mark stays, so that text and bytes are the same file. */
function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
