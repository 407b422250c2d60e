import { bitsOf, type Dtype, isDtype } from '../../numerics/dtype.ts';
import { FormatError, type FormatTag, quoted } from '../error.ts';
import { JsonNumber, type JsonReader } from '../json.ts';
import type { PlacedTensor } from './write.ts';

const saveAgain = 'The program that wrote this file has a fault: save it again with safetensors.';

/** As NumPy and PyTorch have them. */
const MOST_DIMENSIONS = 64;
/** In characters; the longest names in use have some 200. */
export const LONGEST_NAME = 4096;

/**
 * One member of the header. `begin` and `end` are as written: relative to the end of the header. Fields
 * nobody reads are skipped. Throws `FormatError` unless shape × dtype is exactly the bytes between them.
 */
export function readTensor(reader: JsonReader, name: string, file: string): PlacedTensor {
  const fail = (tag: FormatTag, found: string, expected: string, advice = saveAgain) =>
    new FormatError(tag, { file, tensor: name, found, expected, advice });

  if (name.length > LONGEST_NAME) {
    const found = `a name of ${name.length.toLocaleString('en-US')} characters`;
    throw fail('bad-tensor', found, `at most ${LONGEST_NAME.toLocaleString('en-US')}`);
  }
  if (reader.next !== '{') {
    throw fail('bad-tensor', spell(reader), 'an object with dtype, shape and data_offsets');
  }
  let dtype: Dtype | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  reader.members((key) => {
    if (key === 'dtype') dtype = readDtype(reader, fail);
    else if (key === 'shape') shape = readIntegers(reader, key, 'bad-shape', MOST_DIMENSIONS, fail);
    else if (key === 'data_offsets') offsets = readIntegers(reader, key, 'bad-offsets', 2, fail);
    else reader.skip();
  });
  const missing = (key: string) => fail('bad-tensor', `no ${key}`, 'dtype, shape and data_offsets');
  if (dtype === undefined) throw missing('dtype');
  if (shape === undefined) throw missing('shape');
  if (offsets === undefined) throw missing('data_offsets');
  if (offsets.length !== 2) {
    throw fail('bad-offsets', `${offsets.length} data_offsets`, '2: begin and end');
  }
  const [begin, end] = offsets;
  if (end < begin)
    throw fail('reversed-offsets', `an end at ${end}`, `at least ${begin}, its begin`);

  const bytes = checkedByteLength(dtype, shape, fail);
  if (end - begin !== bytes) {
    const text = `[${shape.join(', ')}]`;
    throw fail('size-mismatch', `${end - begin} bytes`, `${bytes} for ${dtype} of shape ${text}`);
  }
  return { name, dtype, shape, begin, end };
}

type Fail = (tag: FormatTag, found: string, expected: string, advice?: string) => FormatError;

function readDtype(reader: JsonReader, fail: Fail): Dtype {
  const dtype = reader.next === '"' ? reader.value() : null;
  if (typeof dtype === 'string' && isDtype(dtype)) return dtype;
  const known = Object.keys(bitsOf).join(', ');
  const advice = 'Save the model in one of the known dtypes.';
  const found = typeof dtype === 'string' ? JSON.stringify(quoted(dtype)) : spell(reader);
  throw fail('unknown-dtype', `dtype ${found}`, `one of ${known}`, advice);
}

function readIntegers(
  reader: JsonReader,
  key: string,
  tag: FormatTag,
  most: number,
  fail: Fail,
): readonly number[] {
  const wanted = 'a list of whole numbers, none below 0';
  if (reader.next !== '[') throw fail(tag, `${key} ${spell(reader)}`, wanted);
  const numbers: number[] = [];
  reader.items(() => {
    if (numbers.length === most)
      throw fail(tag, `${key} of more than ${most} numbers`, `at most ${most}`);
    const item = /[-\d]/.test(reader.next) ? reader.value() : null;
    if (!(item instanceof JsonNumber)) throw fail(tag, `${spell(reader)} in ${key}`, wanted);
    if (!/^\d+$/.test(item.literal)) throw fail(tag, `${item.literal} in ${key}`, wanted);
    const number = Number(item.literal);
    if (!Number.isSafeInteger(number)) {
      throw fail('number-too-large', `${item.literal} in ${key}`, 'at most 2^53 − 1');
    }
    numbers.push(number);
  });
  return numbers;
}

/** Every partial product is checked, as in the crate: a later 0 does not excuse an overflow. */
function checkedByteLength(dtype: Dtype, shape: readonly number[], fail: Fail): number {
  let bits = bitsOf[dtype] as number;
  for (const size of shape) {
    bits *= size;
    if (bits / 8 > Number.MAX_SAFE_INTEGER) {
      throw fail('size-overflow', `shape [${shape.join(', ')}]`, 'fewer than 2^53 bytes');
    }
  }
  if (bits % 8 !== 0) {
    const text = `${dtype} of shape [${shape.join(', ')}], ${bits} bits`;
    throw fail('partial-byte', text, 'a whole number of bytes');
  }
  return bits / 8;
}

/** What comes instead of what was wanted; lists and objects are not built for it. */
function spell(reader: JsonReader): string {
  if (reader.next === '{') return 'an object';
  if (reader.next === '[') return 'a list';
  const value = reader.value();
  if (value instanceof JsonNumber) return value.literal;
  return typeof value === 'string' ? JSON.stringify(quoted(value)) : String(value);
}
