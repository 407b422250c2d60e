import type { ReadableFile } from '../safetensors/header.ts';
import { byteLengthOf } from '../safetensors/write.ts';
import { flatten, type LeftOver } from './flatten.ts';
import { notTorch } from './foreign.ts';
import { placeEntries, type Range } from './local.ts';
import { placeTensor, type TorchTensor } from './place-tensor.ts';
import { quote, type Refusal, refusing } from './refusal.ts';
import { unpickle } from './unpickle.ts';
import { readDirectory, refuseCompressed } from './zip.ts';

/** Names, dtypes, shapes and places of the tensors of one file. */
export type TorchFile = {
  /** In file order. Several may share bytes, and not all lie in C order: `readElements` gives what they hold. */
  readonly tensors: readonly TorchTensor[];
  /** What else the file holds, and what was not taken for the model. */
  readonly leftOut: readonly LeftOver[];
};

/** About 80,000 tensors. */
const maxPickle = 16 * 2 ** 20;
/** See `flatten`: about 200,000 tensors. */
const maxWork = 2 ** 25;
/** Tensors may share storages, but a small file cannot pretend to be any number of large ones. */
const mostShared = 16;

/**
 * Reads what a file of `torch.save` (1.6 and later) holds: tensors in dicts and lists, with plain data beside
 * them. Weights stay where they are. A pickle can ask for any Python function; this one is read by a closed
 * list of opcodes and names (`unpickle.ts`, `globals.ts`), nothing is run, and no more is kept than a few times
 * the bytes of the pickle. Throws `FormatError` for everything else, with the tensor where it is about one;
 * errors of reading pass through. Source: torch/serialization.py, torch/_utils.py, pickletools of CPython.
 */
export async function readTorchFile(file: ReadableFile, signal?: AbortSignal): Promise<TorchFile> {
  const refuse = refusing(file.name);
  const directory = await readDirectory(file, refuse, signal);
  if (!directory) throw await notTorch(file, refuse, signal);
  const root = rootOf(
    directory.entries.map(({ name }) => name),
    refuse,
  );
  refuseCompressed(directory.entries, refuse);
  const entries = await placeEntries(file, directory, refuse, signal);
  await refuseBigEndian(file, entries.get(`${root}/byteorder`), refuse, signal);

  const range = entries.get(`${root}/data.pkl`)!;
  const length = range.end - range.begin;
  if (length > maxPickle) {
    throw refuse('bad-pickle', `a pickle of ${length} bytes`, `at most ${maxPickle}`);
  }
  const value = unpickle(await readRange(file, range, signal), refuse);
  const { tensors, leftOut } = flatten(
    value,
    file.name,
    Math.min(65_536 + 8 * length, maxWork),
    refuse,
  );
  const find = (key: string) => entries.get(`${root}/data/${key}`);
  const placed = tensors.map(({ name, tensor }) => {
    return placeTensor(name, tensor, find, file.size, refuse);
  });
  refuseTooMuch(placed, file.size, refuse);
  return { tensors: placed.sort((a, b) => a.begin - b.begin || a.end - b.end), leftOut };
}

/** The folder in the archive that holds everything: named after the file when it was saved. */
function rootOf(names: readonly string[], refuse: Refusal): string {
  const pickles = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const expected = 'a zip archive as torch.save writes';
  if (pickles.length !== 1) {
    const found = pickles.length === 0 ? 'a zip archive without data.pkl' : 'two data.pkl';
    throw refuse('not-torch', found, expected, 'Unpack it first, and open the weights in it.');
  }
  const root = pickles[0].slice(0, pickles[0].indexOf('/'));
  const stray = names.find((name) => !name.startsWith(`${root}/`));
  if (stray !== undefined) {
    throw refuse('not-torch', `${quote(stray)} beside the folder ${quote(root)}`, expected);
  }
  const code = [`${root}/constants.pkl`, `${root}/code/`];
  if (names.some((name) => code.some((each) => name.startsWith(each)))) {
    const advice =
      'Load it in Python with torch.jit.load, and save its state_dict() as safetensors.';
    throw refuse('not-torch', 'a TorchScript program', expected, advice);
  }
  return root;
}

/** Written since 2.1; before, every file was little-endian but on rare machines. */
async function refuseBigEndian(
  file: ReadableFile,
  range: Range | undefined,
  refuse: Refusal,
  signal?: AbortSignal,
): Promise<void> {
  if (!range) return;
  const bytes = await readRange(
    file,
    { ...range, end: Math.min(range.end, range.begin + 16) },
    signal,
  );
  const order = new TextDecoder().decode(bytes).trim();
  if (order === 'little') return;
  throw refuse('not-torch', `byte order ${quote(order)}`, '"little"');
}

async function readRange(file: ReadableFile, range: Range, signal?: AbortSignal) {
  return range.end > range.begin
    ? file.read(range.begin, range.end, signal)
    : new Uint8Array(new ArrayBuffer(0));
}

function refuseTooMuch(tensors: readonly TorchTensor[], fileSize: number, refuse: Refusal): void {
  const bytes = tensors.reduce((sum, tensor) => sum + byteLengthOf(tensor.dtype, tensor.shape), 0);
  if (bytes <= mostShared * fileSize) return;
  const found = `tensors of ${bytes} bytes in all`;
  throw refuse('bad-tensor', found, `at most ${mostShared} times the ${fileSize} of the file`);
}
