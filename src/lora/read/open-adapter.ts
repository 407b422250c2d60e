import { type LeftOut, whyLeftOut } from '../../formats/beside.ts';
import { configAdvice, parseConfig } from '../../formats/config.ts';
import { FormatError } from '../../formats/error.ts';
import type { Model, StoredTensor } from '../../formats/model.ts';
import { readCompanion, readWhole } from '../../formats/open-model.ts';
import { type ReadableFile, readHeader } from '../../formats/safetensors/header.ts';
import { together } from '../../formats/together.ts';
import { readTorchFile } from '../../formats/torch/read-torch-file.ts';
import type { Adapter } from '../../formats/update.ts';
import { inOrder } from './in-order.ts';
import { readAdapter } from './read-adapter.ts';
import { readScalars } from './scalars.ts';

/** Bytes of adapter_config.json: target_modules may name every module. */
const maxConfig = 8 * 2 ** 20;

/**
 * Opens an adapter: a folder of PEFT, or one file of another tool, with what lies beside it. `files` are named by
 * their paths; `leftOut` is what else lay in its folder. Reads headers, the config, and scalars such as alpha: no
 * factors. Throws `FormatError` when nothing in it can be read, or when there are several; errors of reading pass
 * through.
 */
export async function openAdapter(
  id: string,
  name: string,
  files: readonly ReadableFile[],
  signal?: AbortSignal,
  leftOut: readonly LeftOut[] = [],
): Promise<Model> {
  const weights = theWeights(files);
  const root = weights.name.slice(0, weights.name.lastIndexOf('/') + 1);
  const relative = (path: string) => (path.startsWith(root) ? path.slice(root.length) : path);
  const configFile = files.find((file) => file.name === `${root}adapter_config.json`);
  const file = relative(weights.name);
  const config = configFile
    ? await readConfig(configFile, relative(configFile.name), signal)
    : null;
  const read = isTorch(weights.name)
    ? await readTorch(weights, file, signal)
    : await readSafetensors(weights, signal);
  const numbers = await readScalars(weights, read.tensors.values(), signal);
  const { tensors, metadata, held } = read;
  const numberOf = (tensor: StoredTensor) => numbers.get(tensor.name) ?? Number.NaN;
  const adapter = withUnread(
    readAdapter({ file, tensors, config, metadata, numberOf }),
    read.unreadable,
  );
  refuseEmpty(adapter, file);

  const beside = files.filter((each) => each !== weights && each !== configFile);
  const reasons = beside.map((each) => whyLeftOut(relative(each.name), each.size));
  const kept = beside.filter((_, i) => reasons[i] === null);
  return {
    id,
    name,
    files: [
      { name: file, size: weights.size, component: '' },
      ...(held ? [{ name: `${file}, in order`, size: held.length, component: '', held }] : []),
    ],
    tensors: new Map(),
    config: null,
    components: [{ name: '', config: null }],
    companions: await together(
      kept,
      (each, stop) => readCompanion(each, relative(each.name), stop),
      signal,
    ),
    leftOut: [...leftOut, ...reasons.filter((each) => each !== null)],
    remarks: [],
    quantised: { read: [], unreadable: [], leftOut: [], declared: null },
    adapter,
    metadata,
  };
}

/** In the order in which PEFT and diffusers look for them. */
const usual = [
  'adapter_model.safetensors',
  'pytorch_lora_weights.safetensors',
  'adapter_model.bin',
  'pytorch_lora_weights.bin',
];

function theWeights(files: readonly ReadableFile[]): ReadableFile {
  const base = ({ name }: ReadableFile) => name.slice(name.lastIndexOf('/') + 1);
  const found = files.filter(({ name }) => /\.safetensors$/i.test(name) || isTorch(name));
  for (const name of usual) {
    const [one, ...more] = found.filter((file) => base(file) === name);
    if (one && more.length === 0) return one;
  }
  const [only, ...more] = found;
  if (only && more.length === 0) return only;
  if (only) {
    const names = found.map(({ name }) => name);
    const listed = names.slice(0, 5).join(', ');
    throw new FormatError('several-models', {
      file: only.name,
      found: `${names.length} files of weights: ${listed}${names.length > 5 ? ', …' : ''}`,
      expected: 'those of one adapter',
      advice: 'Open them one by one.',
    });
  }
  throw new FormatError('no-model', {
    file: files[0]?.name ?? 'The drop',
    found: 'no weights',
    expected: 'adapter_model.safetensors, or another file of an adapter',
    advice: 'Open the folder that holds both adapter_config.json and the weights.',
  });
}

function isTorch(name: string): boolean {
  return /\.(?:bin|pt|pth|ckpt)$/i.test(name);
}

type Read = {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Names of tensors that no byte range tells. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Tensors whose elements do not lie in order in the file, in order; as if they were a second file. */
  readonly held: Uint8Array<ArrayBuffer> | null;
};

async function readSafetensors(file: ReadableFile, signal?: AbortSignal): Promise<Read> {
  const { tensors, metadata } = await readHeader(file, signal);
  return {
    tensors: new Map(tensors.map((tensor) => [tensor.name, { ...tensor, file: 0 }])),
    metadata,
    unreadable: new Map(),
    held: null,
  };
}

async function readTorch(file: ReadableFile, shown: string, signal?: AbortSignal): Promise<Read> {
  const { tensors, leftOut } = await readTorchFile(file, signal);
  const { placed, held } = await inOrder(file, shown, tensors, signal);
  return {
    tensors: new Map(placed.map((tensor) => [tensor.name, tensor])),
    metadata: {},
    unreadable: new Map(leftOut.map(({ name, found }) => [name, `${found}, which is no tensor.`])),
    held,
  };
}

function withUnread(adapter: Adapter, more: ReadonlyMap<string, string>): Adapter {
  if (more.size === 0) return adapter;
  const others = [...more].map(([tensor, why]) => ({ tensor, why }));
  return { ...adapter, unread: [...adapter.unread, ...others] };
}

async function readConfig(file: ReadableFile, name: string, signal?: AbortSignal) {
  const fail = (found: string) => {
    const expected = `a JSON object in UTF-8, of at most ${maxConfig} bytes`;
    return new FormatError('bad-config', { file: name, found, expected, advice: configAdvice });
  };
  if (file.size > maxConfig) throw fail(`${file.size} bytes`);
  const bytes = await readWhole(file, signal);
  try {
    return parseConfig(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
      name,
    );
  } catch (error) {
    throw error instanceof FormatError ? error : fail('text that is not UTF-8');
  }
}

function refuseEmpty({ updates, saved, unread }: Adapter, file: string): void {
  if (updates.length + saved.length > 0) return;
  const [first] = unread;
  if (!first) {
    const advice = 'The file is whole and holds nothing: choose the file with the weights.';
    throw new FormatError('no-tensors', {
      file,
      found: 'no tensors',
      expected: 'an adapter',
      advice,
    });
  }
  throw new FormatError('adapter', {
    file,
    tensor: first.tensor,
    found: `an adapter of which none of ${unread.length} tensors can be read`,
    expected: 'LoRA, LoHa, LoKr or full differences',
    advice: first.why,
  });
}
