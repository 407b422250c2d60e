import { bitsOf, type Dtype } from '../../numerics/dtype.ts';
import { elementCount } from '../model.ts';

export type TensorSpec = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
};

/** `begin` and `end` are byte offsets in the file, header included. */
export type PlacedTensor = TensorSpec & { readonly begin: number; readonly end: number };

export type Layout = {
  /** Complete: 8 length bytes and the padded JSON. */
  readonly header: Uint8Array<ArrayBuffer>;
  /** In file order. */
  readonly tensors: readonly PlacedTensor[];
  /** Of the whole file. */
  readonly byteLength: number;
};

/** The crate's declaration order, low to high. Wide types come first, so every tensor is aligned. */
const rankOrder: readonly Dtype[] = [
  'BOOL',
  'F4',
  'F6_E2M3',
  'F6_E3M2',
  'U8',
  'I8',
  'F8_E5M2',
  'F8_E4M3',
  'F8_E8M0',
  'F8_E4M3FNUZ',
  'F8_E5M2FNUZ',
  'I16',
  'U16',
  'F16',
  'BF16',
  'I32',
  'U32',
  'F32',
  'C64',
  'F64',
  'I64',
  'U64',
];
const rank = new Map(rankOrder.map((dtype, index) => [dtype, index]));

/**
 * Lays out a safetensors file: header bytes and the place of each tensor.
 *
 * `crate` order is that of the safetensors crate (dtype rank descending, then name by code point), so
 * the bytes equal those Python writes. Metadata keys are sorted. Throws `RangeError` on names twice,
 * on the reserved name `__metadata__`, and on a tensor that does not fill whole bytes.
 */
export function layOut(
  tensors: readonly TensorSpec[],
  metadata: Readonly<Record<string, string>> = {},
  order: 'crate' | 'given' = 'crate',
): Layout {
  const ordered = order === 'crate' ? [...tensors].sort(byRankThenName) : tensors;
  const keys = Object.keys(metadata).sort(byCodePoint);
  const members = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
  const parts = keys.length > 0 ? [`"__metadata__":{${members.join(',')}}`] : [];

  const seen = new Set(['__metadata__']);
  const offsets: number[] = [];
  let offset = 0;
  for (const { name, dtype, shape } of ordered) {
    if (seen.has(name)) throw new RangeError(`Tensor name "${name}" is reserved or given twice`);
    seen.add(name);
    const end = offset + byteLengthOf(dtype, shape);
    parts.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${offset},${end}]}`,
    );
    offsets.push(offset);
    offset = end;
  }

  const header = frame(`{${parts.join(',')}}`);
  const placed = ordered.map((tensor, index) => ({
    ...tensor,
    begin: header.length + offsets[index],
    end: header.length + (offsets[index + 1] ?? offset),
  }));
  return { header, tensors: placed, byteLength: header.length + offset };
}

/** Bytes a tensor takes. Throws `RangeError` when that is no whole, exactly representable number. */
export function byteLengthOf(dtype: Dtype, shape: readonly number[]): number {
  const bytes = (elementCount(shape) * bitsOf[dtype]) / 8;
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw new RangeError(`A ${dtype} tensor of shape [${shape.join(', ')}] is not whole bytes`);
  }
  return bytes;
}

/** The text of `model.safetensors.index.json`; `files` in order of shards, `totalSize` of tensor bytes. */
export function writeIndex(
  files: readonly { readonly name: string; readonly tensors: readonly TensorSpec[] }[],
  metadata: Readonly<Record<string, string>> = {},
): string {
  const names = files.flatMap(({ name, tensors }) => tensors.map((tensor) => [tensor.name, name]));
  const sizes = files.flatMap(({ tensors }) => tensors.map((t) => byteLengthOf(t.dtype, t.shape)));
  const totalSize = sizes.reduce((sum, size) => sum + size, 0);
  names.sort(([a], [b]) => byCodePoint(a, b));
  const head = { ...metadata, total_size: totalSize };
  const index = { metadata: head, weight_map: Object.fromEntries(names) };
  return `${JSON.stringify(index, null, 2)}\n`;
}

/** `model.safetensors`, or `model-00002-of-00005.safetensors`. `index` counts from 0. */
export function shardName(index: number, count: number, stem = 'model'): string {
  if (count === 1) return `${stem}.safetensors`;
  const digits = (value: number) => String(value).padStart(5, '0');
  return `${stem}-${digits(index + 1)}-of-${digits(count)}.safetensors`;
}

function frame(json: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(8 + padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(text, 8);
  return header;
}

function byRankThenName(a: TensorSpec, b: TensorSpec): number {
  return rank.get(b.dtype)! - rank.get(a.dtype)! || byCodePoint(a.name, b.name);
}

/** Order of UTF-8 bytes: as JavaScript's own, but for characters beyond U+FFFF, which come last. */
function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;
  return unitOrder(a.charCodeAt(i)) - unitOrder(b.charCodeAt(i));
}

function unitOrder(unit: number): number {
  const isSurrogate = unit >= 0xd800 && unit <= 0xdfff;
  return isSurrogate ? unit + 0x10000 : unit;
}
