/** Writes WebAssembly binaries with one function and one imported memory. */

import { codeOf, type Op, signed, unsigned, type WasmType } from './instructions.ts';

const TYPES: Readonly<Record<WasmType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const NO_RESULT = 0x40;

const bytesOf = (words: readonly number[]) => new Uint8Array(Uint32Array.from(words).buffer);

/** The instructions of a function, as bytes. */
export class Code {
  readonly bytes: number[] = [];

  op(op: Op, immediate: Iterable<number> = []): this {
    for (const byte of codeOf(op)) this.bytes.push(byte);
    for (const byte of immediate) this.bytes.push(byte);
    return this;
  }
  /** `block`, `loop` or `if`. */
  open(op: 'block' | 'loop' | 'if'): this {
    return this.op(op, [NO_RESULT]);
  }
  indexed(op: 'local.get' | 'local.set' | 'local.tee' | 'br_if', index: number): this {
    return this.op(op, unsigned(index));
  }
  constant(type: WasmType, words: readonly number[]): this {
    if (type === 'i32') return this.op('i32.const', signed(words[0]));
    return this.op(type === 'f32' ? 'f32.const' : 'v128.const', bytesOf(words));
  }
  /** A load or store. Buffers are aligned to four bytes only; the hint is of no consequence. */
  memory(op: Op, offset: number, lane: number | null = null): this {
    this.op(op, [2, ...unsigned(offset)]);
    if (lane !== null) this.bytes.push(lane);
    return this;
  }
}

/** Bytes with their number before them. */
const sized = (bytes: readonly number[]) => unsigned(bytes.length).concat(bytes);
const list = (items: readonly (readonly number[])[]) => unsigned(items.length).concat(...items);
const text = (s: string) => sized([...new TextEncoder().encode(s)]);
const section = (id: number, bytes: readonly number[]) => [id].concat(sized(bytes));

export type WasmFunction = {
  readonly name: string;
  /** All parameters are i32; there is no result. */
  readonly parameterCount: number;
  readonly locals: readonly WasmType[];
  readonly code: Code;
};

export function encodeModule({
  name,
  parameterCount,
  locals,
  code,
}: WasmFunction): Uint8Array<ArrayBuffer> {
  const parameters = new Array<readonly number[]>(parameterCount).fill([TYPES.i32]);
  const groups: [number, WasmType][] = [];
  for (const type of locals) {
    const last = groups.at(-1);
    if (last?.[1] === type) last[0]++;
    else groups.push([1, type]);
  }
  const declared = list(groups.map(([count, type]) => [...unsigned(count), TYPES[type]]));
  const body = sized(declared.concat(code.bytes, codeOf('end')));
  return Uint8Array.from(
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0].concat(
      section(1, list([[0x60, ...list(parameters), 0]])),
      section(2, list([[...text('env'), ...text('memory'), 2, 0, 1]])),
      section(3, list([[0]])),
      section(7, list([[...text(name), 0, 0]])),
      section(10, list([body])),
    ),
  );
}
