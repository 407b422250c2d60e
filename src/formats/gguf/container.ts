import { bytesOf, type GgufType, typeCode } from './types.ts';

/**
 * The container of GGUF version 3: magic, version, counts, key-values, an entry for each tensor, and from the next
 * multiple of 32 on the tensors, each beginning at one. Source: `docs/gguf.md` of ggml.
 */

/** A value of the key-values, with the type it is stored as. */
export type Value =
  | { readonly type: 'u32' | 'i32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'i32s' | 'f32s'; readonly value: readonly number[] }
  | { readonly type: 'strings'; readonly value: readonly string[] };

export type Metadata = readonly (readonly [key: string, value: Value])[];

export const u32 = (value: number): Value => ({ type: 'u32', value });
export const f32 = (value: number): Value => ({ type: 'f32', value });
export const bool = (value: boolean): Value => ({ type: 'bool', value });
export const string = (value: string): Value => ({ type: 'string', value });
export const strings = (value: readonly string[]): Value => ({ type: 'strings', value });
export const i32s = (value: readonly number[]): Value => ({ type: 'i32s', value });
export const f32s = (value: readonly number[]): Value => ({ type: 'f32s', value });

export type Entry = {
  readonly name: string;
  /** Slowest dimension first, as safetensors has it; the file has them the other way round. */
  readonly shape: readonly number[];
  readonly type: GgufType;
};

export type Placed<E extends Entry> = E & {
  /** Where it begins in the file, and how many bytes it has. */
  readonly at: number;
  readonly bytes: number;
};

export type Layout<E extends Entry> = {
  /** All that comes before the first tensor, padding included. */
  readonly header: Uint8Array<ArrayBuffer>;
  readonly tensors: readonly Placed<E>[];
  /** Bytes of the file. After each tensor come zeros up to a multiple of 32. */
  readonly size: number;
};

const ALIGNMENT = 32;
const VERSION = 3;
const codes = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;

/** The next multiple of 32. */
export function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Header and places of a file with these key-values and tensors, in their order. */
export function layOut<E extends Entry>(metadata: Metadata, entries: readonly E[]): Layout<E> {
  const out = new Bytes();
  out.raw(new TextEncoder().encode('GGUF'));
  out.u32(VERSION);
  out.u64(entries.length);
  out.u64(metadata.length);
  for (const [key, value] of metadata) {
    out.string(key);
    writeValue(out, value);
  }
  let offset = 0;
  const places = entries.map((entry) => {
    const elements = entry.shape.reduce((product, size) => product * size, 1);
    const bytes = bytesOf(entry.type, elements);
    out.string(entry.name);
    out.u32(entry.shape.length);
    for (const size of entry.shape.toReversed()) out.u64(size);
    out.u32(typeCode[entry.type]);
    out.u64(offset);
    const place = { offset, bytes };
    offset += padded(bytes);
    return place;
  });
  const header = out.taken(padded(out.length));
  const tensors = entries.map((entry, k) => {
    const { offset: begin, bytes } = places[k];
    return { ...entry, at: header.length + begin, bytes };
  });
  return { header, tensors, size: header.length + offset };
}

function writeValue(out: Bytes, value: Value): void {
  switch (value.type) {
    case 'u32':
    case 'i32':
    case 'f32':
      out.u32(codes[value.type]);
      out[value.type](value.value);
      return;
    case 'bool':
      out.u32(codes.bool);
      out.raw(Uint8Array.of(value.value ? 1 : 0));
      return;
    case 'string':
      out.u32(codes.string);
      out.string(value.value);
      return;
    case 'strings':
      writeArray(out, 'string', value.value.length);
      for (const each of value.value) out.string(each);
      return;
    case 'i32s':
      writeArray(out, 'i32', value.value.length);
      for (const each of value.value) out.i32(each);
      return;
    case 'f32s':
      writeArray(out, 'f32', value.value.length);
      for (const each of value.value) out.f32(each);
      return;
    default:
      value satisfies never;
  }
}

function writeArray(out: Bytes, of: keyof typeof codes, length: number): void {
  out.u32(codes.array);
  out.u32(codes[of]);
  out.u64(length);
}

/** Little-endian bytes that grow. */
class Bytes {
  #room = new Uint8Array(1 << 16);
  #view = new DataView(this.#room.buffer);
  length = 0;

  u32(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
  }

  i32(value: number): void {
    const at = this.#take(4);
    this.#view.setInt32(at, value, true);
  }

  f32(value: number): void {
    const at = this.#take(4);
    this.#view.setFloat32(at, value, true);
  }

  u64(value: number): void {
    const at = this.#take(8);
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  /** Its bytes in UTF-8, their number first. */
  string(text: string): void {
    const bytes = encoder.encode(text);
    this.u64(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#take(bytes.length);
    this.#room.set(bytes, at);
  }

  /** What was written, and zeros up to `length`. */
  taken(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    bytes.set(this.#room.subarray(0, this.length));
    return bytes;
  }

  /** Room for `count` bytes more; where it begins. Room and view may be others after it: call it first. */
  #take(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.#room.length) {
      const room = new Uint8Array(Math.max(this.length, 2 * this.#room.length));
      room.set(this.#room);
      this.#room = room;
      this.#view = new DataView(room.buffer);
    }
    return at;
  }
}

const encoder = new TextEncoder();
