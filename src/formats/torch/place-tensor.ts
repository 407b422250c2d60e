import { bitsOf, type Dtype } from '../../numerics/dtype.ts';
import { isUntyped } from './globals.ts';
import type { Range } from './local.ts';
import { again, quote, type Refusal } from './refusal.ts';
import { isKind, kindOf, type Storage, say, type Tensor, type Value } from './values.ts';

/** A tensor as it lies in a torch file. */
export type TorchTensor = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Byte in the file where its first element lies. */
  readonly begin: number;
  /** Behind the last byte that it reaches. */
  readonly end: number;
  /**
   * Null when its elements lie in C order from `begin` to `end`, as in safetensors. Else how many elements
   * further on the next along each axis lies: none below 0; 0 where one value is repeated.
   */
  readonly strides: readonly number[] | null;
};

/** torch's own limit. */
const maxAxes = 64;

/** Finds the bytes of storages by their keys; undefined where the archive has none. */
export type FindStorage = (key: string) => Range | undefined;

/** Checks a tensor against its storage, and its storage against the archive. `largest` is in bytes. */
export function placeTensor(
  name: string,
  tensor: Tensor,
  find: FindStorage,
  largest: number,
  refuse: Refusal,
): TorchTensor {
  const bad = (found: string, expected: string, advice = again) =>
    refuse('bad-tensor', found, expected, advice, name);
  const { storage } = tensor;
  if (!isKind(storage, 'storage')) throw bad(`${kindOf(storage)} as its storage`, 'a storage');
  if (hasMarks(tensor.marks)) {
    const advice = 'Call resolve_neg() or resolve_conj() on it in Python, and save it again.';
    throw bad('values to be read as their negatives or conjugates', 'values as they are', advice);
  }
  const dtype = dtypeOf(storage, tensor.dtype, bad);
  const width = bitsOf[dtype] / 8;
  const range = storageRange(storage, width, find, bad);

  const axes = (value: Value, what: string): readonly number[] => {
    const items = isKind(value, 'tuple') ? value.items : null;
    if (!items || items.length > maxAxes) {
      throw bad(`${kindOf(value)} as its ${what}`, `a tuple of at most ${maxAxes} numbers`);
    }
    return items.map((item) => whole(item, what, bad));
  };
  const shape = axes(tensor.size, 'size');
  const strides = axes(tensor.stride, 'stride');
  const offset = whole(tensor.offset, 'storage offset', bad);
  if (shape.length !== strides.length) {
    throw bad(`${strides.length} strides`, `${shape.length}, one for each axis`);
  }
  const count = countElements(shape, largest / width, bad);
  const capacity = Math.floor((range.end - range.begin) / width);
  const last = offset + shape.reduce((sum, size, i) => sum + (size - 1) * strides[i], 0);
  if (count > 0 && last >= capacity) {
    const found = `its last element at number ${last} of its storage`;
    throw bad(found, `below ${capacity}, the elements in it`);
  }
  const begin = range.begin + (count === 0 ? 0 : offset * width);
  const end = count === 0 ? begin : range.begin + (last + 1) * width;
  return { name, dtype, shape, begin, end, strides: isCOrder(shape, strides) ? null : strides };
}

type Bad = (found: string, expected: string, advice?: string) => Error;

/** That of the storage, or the tensor's own over a storage of bytes. */
function dtypeOf({ type }: Storage, own: Value, bad: Bad): Dtype {
  const named = isUntyped(type) ? own : type;
  const { dtype } =
    isKind(named, 'storage type') || isKind(named, 'dtype') ? named : { dtype: null };
  if (dtype !== null && (own === null || named === own)) return dtype;
  const advice = 'Change its dtype in Python, and save it again.';
  throw bad(`dtype ${kindOf(own ?? type)}`, 'one that safetensors has', advice);
}

/** At most `most`, counted from the first axis on: a later 0 does not excuse a product beyond 2^53. */
function countElements(shape: readonly number[], most: number, bad: Bad): number {
  const limit = shape.includes(0) ? Number.MAX_SAFE_INTEGER : most;
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (count <= limit) continue;
    const sizes = `${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''}`;
    const found = `shape [${sizes}], more bytes than the whole file has`;
    throw bad(
      found,
      'values that are all in the file',
      'Call contiguous() on it in Python, and save it again.',
    );
  }
  return count;
}

/** The bytes of a storage; there must be as many as it says. */
function storageRange(storage: Storage, width: number, find: FindStorage, bad: Bad): Range {
  const { type, key, numel } = storage;
  const range = find(key);
  if (!range) throw bad(`no storage ${quote(key)} in the archive`, 'one, as the tensor says');
  const unit = isUntyped(type) ? 1 : width;
  const bytes = range.end - range.begin;
  if (Math.floor(bytes / unit) === numel) return range;
  throw bad(`a storage of ${bytes} bytes`, `${numel * unit}, as the tensor says`);
}

function whole(value: Value, what: string, bad: Bad): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw bad(`${say(value)} in its ${what}`, 'whole numbers, none below 0');
}

/** torch marks tensors whose elements are to be read with the other sign, of the whole or of the imaginary part. */
function hasMarks(marks: Value): boolean {
  if (marks === null) return false;
  return !isKind(marks, 'dict') || [...(marks.items ?? [])].some(([, value]) => value !== false);
}

/** An axis of one element has no step. */
function isCOrder(shape: readonly number[], strides: readonly number[]): boolean {
  if (shape.includes(0)) return true;
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false;
    step *= shape[i];
  }
  return true;
}
