/** Writes zip archives as torch lays them out: stored, each file's bytes at a multiple of 64. */
import { memorySource } from './memory-source.ts';
import { dict, type Pickled, pickle, type Strided, storage, tensor } from './pickle.ts';

/** A file of the archive; `local` and `central` are what its two headers say instead of the truth. */
export type ZipPart = {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly local?: Said;
  readonly central?: Said;
};
export type Said = {
  readonly path?: string;
  readonly method?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly packed?: number;
  readonly at?: number;
};
export type ZipEnd = {
  /** Of entries, instead of the truth. */
  readonly count?: number;
  readonly after?: Uint8Array;
};

const flags = 0x800;
const alignment = 64;

export function zipFile(parts: readonly ZipPart[], end: ZipEnd = {}): Uint8Array<ArrayBuffer> {
  const pieces: (Uint8Array | readonly number[])[] = [];
  let length = 0;
  const add = (piece: Uint8Array | readonly number[]) => {
    pieces.push(piece);
    length += piece.length;
  };
  const placed = parts.map((part) => {
    const at = length;
    add(localHeader(part, at));
    add(part.bytes);
    return { ...part, size: part.bytes.length, at };
  });
  add(centralDirectory(placed, length, end.count));
  add(end.after ?? []);
  const file = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}

/** With padding, so that the bytes behind it lie at a multiple of 64. */
export function localHeader({ path, local = {} }: ZipPart, at: number): readonly number[] {
  const name = new TextEncoder().encode(local.path ?? path);
  const padding = alignment - ((at + 30 + name.length + 4) % alignment);
  return [
    ...[...u32(0x04034b50), ...u16(0), ...u16(local.flags ?? flags), ...u16(local.method ?? 0)],
    ...[...u32(0), ...u32(0), ...u32(local.packed ?? 0), ...u32(local.size ?? 0)],
    ...[...u16(name.length), ...u16(4 + padding), ...name, 0x46, 0x42, ...u16(padding)],
    ...Array.from({ length: padding }, () => 0x5a),
  ];
}

type Placed = {
  readonly path: string;
  readonly size: number;
  readonly at: number;
  readonly central?: Said;
};

/** The directory and the zip64 records that torch always writes; `begin` is where it lies. */
export function centralDirectory(
  parts: readonly Placed[],
  begin: number,
  count = parts.length,
): readonly number[] {
  const rows = parts.flatMap(({ path, size, at, central = {} }) => {
    const name = new TextEncoder().encode(central.path ?? path);
    const numbers = [central.size ?? size, central.packed ?? size, central.at ?? at];
    const wide = numbers.filter((value) => value >= 0xffff_ffff);
    const extra = wide.length > 0 ? [...u16(1), ...u16(8 * wide.length), ...wide.flatMap(u64)] : [];
    const [whole, packed, from] = numbers.map((value) => Math.min(value, 0xffff_ffff));
    return [
      ...[...u32(0x02014b50), ...u16(0), ...u16(0), ...u16(central.flags ?? flags)],
      ...[...u16(central.method ?? 0), ...u32(0), ...u32(0), ...u32(packed), ...u32(whole)],
      ...[...u16(name.length), ...u16(extra.length), ...u16(0), ...u16(0), ...u16(0)],
      ...[...u32(0), ...u32(from), ...name, ...extra],
    ];
  });
  const { length } = rows;
  return [
    ...rows,
    ...[...u32(0x06064b50), ...u64(44), ...u16(45), ...u16(45), ...u32(0), ...u32(0)],
    ...[...u64(count), ...u64(count), ...u64(length), ...u64(begin)],
    ...[...u32(0x07064b50), ...u32(0), ...u64(begin + length), ...u32(1)],
    ...[...u32(0x06054b50), ...u16(0), ...u16(0), ...u16(count), ...u16(count)],
    ...[...u32(length), ...u32(Math.min(begin, 0xffff_ffff)), ...u16(0)],
  ];
}

const u16 = (value: number) => [value & 255, value >> 8];
const u32 = (value: number) => [...new Uint8Array(new Uint32Array([value]).buffer)];
const u64 = (value: number) => [...new Uint8Array(new BigUint64Array([BigInt(value)]).buffer)];

/** A file of torch.save: what `data.pkl` is, and the bytes of each storage. */
export function torchFile(
  pickled: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  others: readonly ZipPart[] = [],
): Uint8Array<ArrayBuffer> {
  return zipFile(torchParts(pickled, storages, others));
}

export function torchParts(
  pickled: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  others: readonly ZipPart[] = [],
): readonly ZipPart[] {
  return [
    { path: 'archive/data.pkl', bytes: pickled },
    { path: 'archive/byteorder', bytes: new TextEncoder().encode('little') },
    ...Object.entries(storages).map(([key, bytes]) => ({ path: `archive/data/${key}`, bytes })),
    ...others,
  ];
}

/** A file with one F32 tensor "w" over the values 0, 1, 2, …; `numel` is what the pickle says of their number. */
export function oneTensor(strided: Strided, count = 6, numel: number | bigint = count) {
  const values = Float32Array.from({ length: count }, (_, i) => i);
  const w = tensor(storage('FloatStorage', '0', numel), strided);
  return torchSource(dict({ w }), { 0: new Uint8Array(values.buffer) });
}

export function torchSource(value: Pickled, storages: Readonly<Record<string, Uint8Array>> = {}) {
  return memorySource('w.bin', torchFile(pickle(value), storages));
}
