/** Writes pickles opcode by opcode, right ones and wrong ones (CPython's pickletools names the opcodes). */

/** A part of a pickle: bytes. */
export type Pickled = readonly number[];

const utf8 = new TextEncoder();
const u32 = (value: number) => [...new Uint8Array(new Uint32Array([value]).buffer)];

export const none: Pickled = [0x4e];
export const mark: Pickled = [0x28];
export const emptyTuple: Pickled = [0x29];
export const reduce: Pickled = [0x52];
export const build: Pickled = [0x62];

/** Protocol 2, the parts, and the end. */
export const pickle = (...parts: readonly Pickled[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([0x80, 2, ...parts.flat(), 0x2e]);

export const text = (value: string): Pickled => {
  const bytes = utf8.encode(value);
  return [0x58, ...u32(bytes.length), ...bytes];
};

/** Any whole number, as LONG1. */
export function int(value: number | bigint): Pickled {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest < -128n || rest > 127n; rest >>= 8n) bytes.push(Number(rest & 255n));
  return [0x8a, bytes.length + 1, ...bytes, Number(rest & 255n)];
}

export const float = (value: number): Pickled => [
  0x47,
  ...new Uint8Array(new Float64Array([value]).buffer).reverse(),
];

export const global = (module: string, name: string): Pickled => [
  0x63,
  ...utf8.encode(`${module}\n${name}\n`),
];

export const tuple = (...items: readonly Pickled[]): Pickled => [...mark, ...items.flat(), 0x74];
export const list = (...items: readonly Pickled[]): Pickled => [
  ...[0x5d, ...mark],
  ...items.flat(),
  0x65,
];
export const dict = (members: Readonly<Record<string, Pickled>>): Pickled => [
  ...[0x7d, ...mark],
  ...Object.entries(members).flatMap(([key, value]) => [...text(key), ...value]),
  0x75,
];

export const put = (index: number): Pickled => [0x72, ...u32(index)];
export const get = (index: number): Pickled => [0x6a, ...u32(index)];
export const call = (callee: Pickled, ...args: readonly Pickled[]): Pickled => [
  ...callee,
  ...tuple(...args),
  ...reduce,
];

export const orderedDict = global('collections', 'OrderedDict');

/** The reference to a storage: `type` as in `FloatStorage`, `numel` in its elements. */
export const storage = (type: string, key: string, numel: number | bigint): Pickled => [
  ...tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(numel)),
  0x51,
];

export type Strided = {
  readonly size: readonly (number | bigint)[];
  readonly stride: readonly (number | bigint)[];
  readonly offset?: number | bigint;
};

/** A tensor over what `of` gives, usually `storage()`. */
export const tensor = (of: Pickled, { size, stride, offset = 0 }: Strided): Pickled =>
  call(
    global('torch._utils', '_rebuild_tensor_v2'),
    of,
    int(offset),
    tuple(...size.map(int)),
    tuple(...stride.map(int)),
    [0x89],
    call(orderedDict),
  );
