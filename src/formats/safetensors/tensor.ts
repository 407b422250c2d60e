import { bitsOf, type Dtype, isDtype } from '../../numerics/dtype.ts';
import { FormatError, type FormatTag } from '../error.ts';
import { type Json, JsonNumber } from '../json.ts';
import type { PlacedTensor } from './write.ts';

const saveAgain = 'The program that wrote this file has a fault: save it again with safetensors.';

/**
 * One member of the header. `begin` and `end` are as written: relative to the end of the header.
 * Throws `FormatError` unless shape × dtype is exactly the bytes between them.
 */
export function readTensor(value: Json, name: string, file: string): PlacedTensor {
  const fail = (tag: FormatTag, found: string, expected: string, advice = saveAgain) =>
    new FormatError(tag, { file, tensor: name, found, expected, advice });

  if (!(value instanceof Map)) {
    throw fail('bad-tensor', spell(value), 'an object with dtype, shape and data_offsets');
  }
  const member = (key: string): Json => {
    const found = value.get(key);
    if (found === undefined) throw fail('bad-tensor', `no ${key}`, 'dtype, shape and data_offsets');
    return found;
  };

  const dtype = member('dtype');
  if (typeof dtype !== 'string' || !isDtype(dtype)) {
    const known = Object.keys(bitsOf).join(', ');
    const advice = 'Save the model in one of the known dtypes.';
    throw fail('unknown-dtype', `dtype ${spell(dtype)}`, `one of ${known}`, advice);
  }

  const integers = (key: string, tag: FormatTag): readonly number[] => {
    const list = member(key);
    const wanted = 'a list of whole numbers, none below 0';
    if (!Array.isArray(list)) throw fail(tag, `${key} ${spell(list)}`, wanted);
    return (list as readonly Json[]).map((item) => {
      if (!(item instanceof JsonNumber) || !/^\d+$/.test(item.literal)) {
        throw fail(tag, `${spell(item)} in ${key}`, wanted);
      }
      const number = Number(item.literal);
      if (Number.isSafeInteger(number)) return number;
      throw fail('number-too-large', `${item.literal} in ${key}`, 'at most 2^53 − 1');
    });
  };

  const shape = integers('shape', 'bad-shape');
  const offsets = integers('data_offsets', 'bad-offsets');
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

/** Every partial product is checked, as in the crate: a later 0 does not excuse an overflow. */
function checkedByteLength(
  dtype: Dtype,
  shape: readonly number[],
  fail: (tag: FormatTag, found: string, expected: string) => FormatError,
): number {
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

function spell(value: Json): string {
  if (value instanceof JsonNumber) return value.literal;
  if (value instanceof Map) return 'an object';
  if (Array.isArray(value)) return 'a list';
  return JSON.stringify(value);
}
