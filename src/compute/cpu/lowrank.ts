import { pack } from '../shaders/structs.ts';
import type { Main } from './arena.ts';
import { compiledPrograms, hasSimd } from './programs.ts';

/**
 * Writes left · right to `out`, both row by row: `left` has `rows` rows. Every sum begins at zero and takes
 * its terms in ascending order, product and sum each rounded to f32.
 */
export type Multiply = (left: Float32Array, rows: number, out: Float32Array) => void;

/** Multiplies by a matrix of `depth` rows and `columns` columns, given row by row. */
export type MultiplyBy = (right: Float32Array, depth: number, columns: number) => Multiply;

/** The definition, in TypeScript; it also stands in where the engine has no SIMD. */
export const multiplyPlainly: MultiplyBy = (right, depth, columns) => (left, rows, out) => {
  for (let i = 0; i < rows; i++) {
    const line = out.subarray(i * columns, (i + 1) * columns).fill(0);
    for (let k = 0; k < depth; k++) {
      const factor = left[i * depth + k];
      for (let j = 0; j < columns; j++) {
        line[j] = Math.fround(line[j] + Math.fround(factor * right[k * columns + j]));
      }
    }
  }
};

let made: Promise<MultiplyBy> | null = null;

/** The one of this thread: lowrank.wgsl as WebAssembly, in a memory of its own. The same bytes as the definition. */
export function multiplier(): Promise<MultiplyBy> {
  made ??= hasSimd() ? compiledMultiplier() : Promise.resolve(multiplyPlainly);
  return made;
}

async function compiledMultiplier(): Promise<MultiplyBy> {
  const memory = new WebAssembly.Memory({ initial: FIRST / PAGE });
  const module = await compiledPrograms().get({ shader: 'lowrank', constants: {} });
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const bench = new Workbench(memory, exports['main'] as Main);
  return (right, depth, columns) => {
    const panels = panelsOf(right, depth, columns);
    return (left, rows, out) => bench.multiply(left, rows, panels, out);
  };
}

/** Rows and columns that the shader makes at a time, and the terms it takes together. */
const ROWS = 4;
const OCT = 8;
const TERMS = 4;

/** The right factor as the shader reads it: eight columns after eight, filled up with zeros. */
type Panels = {
  readonly values: Float32Array;
  readonly depth: number;
  readonly columns: number;
  /** Depth with the zeros. */
  readonly terms: number;
  readonly octs: number;
};

function panelsOf(right: Float32Array, depth: number, columns: number): Panels {
  const terms = Math.ceil(depth / TERMS) * TERMS;
  const octs = Math.ceil(columns / OCT);
  const values = new Float32Array(octs * terms * OCT);
  for (let oct = 0; oct < octs; oct++) {
    const count = Math.min(OCT, columns - oct * OCT);
    for (let k = 0; k < depth; k++) {
      const from = k * columns + oct * OCT;
      const to = (oct * terms + k) * OCT;
      for (let j = 0; j < count; j++) values[to + j] = right[from + j];
    }
  }
  return { values, depth, columns, terms, octs };
}

/** Addresses in the memory; what is read of the left factor and of the right one lies behind. */
const JOB = 0;
const TALLY = 64;
const OUT = 1024;
const OUT_BYTES = 1 << 20;
const LEFT = OUT + OUT_BYTES;
const LEFT_BYTES = 1 << 20;
/** Of the right factor so much is there at a time, in whole octs of columns: a wider one comes in turns. */
const RIGHT_BYTES = 1 << 22;
const PAGE = 65536;
const FIRST = 3 << 20;

/** The memory that the shader works in, and what lies there. It never shrinks. */
class Workbench {
  readonly #memory: WebAssembly.Memory;
  readonly #main: Main;
  #floats: Float32Array;
  #words: Uint32Array;
  #resident: { values: Float32Array; oct: number; address: number } = {
    values: new Float32Array(),
    oct: 0,
    address: 0,
  };

  constructor(memory: WebAssembly.Memory, main: Main) {
    this.#memory = memory;
    this.#main = main;
    this.#floats = new Float32Array(memory.buffer);
    this.#words = new Uint32Array(memory.buffer);
  }

  multiply(left: Float32Array, rows: number, panels: Panels, out: Float32Array): void {
    const { columns, terms, octs } = panels;
    if (terms === 0) {
      out.fill(0);
      return;
    }
    const most = Math.max(1, Math.floor(RIGHT_BYTES / (terms * OCT * 4)));
    const wide = Math.min(octs, most, OUT_BYTES / (ROWS * OCT * 4));
    const tall = Math.min(
      Math.floor(OUT_BYTES / (ROWS * wide * OCT * 4)),
      Math.max(1, Math.floor(LEFT_BYTES / (ROWS * terms * 4))),
    );
    for (let oct = 0; oct < octs; oct += wide) {
      const width = Math.min(wide, octs - oct);
      const right = this.#give(panels, oct, width);
      for (let row = 0; row < rows; row += tall * ROWS) {
        const height = Math.min(tall * ROWS, rows - row);
        this.#place(left, row, height, panels);
        const groups = Math.ceil(height / ROWS);
        this.#words.set(pack('Product', [{ depth: terms, octs: width }]), JOB / 4);
        for (let group = 0; group < groups; group++) {
          this.#main(JOB, right, LEFT, OUT, TALLY, 0, width, group);
        }
        this.#take(out, row, height, columns, oct, width);
      }
    }
  }

  /** Octs of the right factor, there if they are not; their address. */
  #give({ values, terms }: Panels, oct: number, width: number): number {
    const address = LEFT + Math.max(LEFT_BYTES, ROWS * terms * 4);
    const there = this.#resident;
    if (there.values === values && there.oct === oct) return there.address;
    const part = values.subarray(oct * terms * OCT, (oct + width) * terms * OCT);
    const missing = address + part.byteLength - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / PAGE));
      this.#floats = new Float32Array(this.#memory.buffer);
      this.#words = new Uint32Array(this.#memory.buffer);
    }
    this.#floats.set(part, address / 4);
    this.#resident = { values, oct, address };
    return address;
  }

  /** Rows of the left factor, four at a time, column by column. */
  #place(left: Float32Array, row: number, height: number, { depth, terms }: Panels): void {
    const floats = this.#floats;
    const groups = Math.ceil(height / ROWS);
    if (height % ROWS !== 0 || depth !== terms) {
      floats.fill(0, LEFT / 4, LEFT / 4 + groups * ROWS * terms);
    }
    for (let i = 0; i < height; i++) {
      const from = (row + i) * depth;
      const to = LEFT / 4 + Math.floor(i / ROWS) * ROWS * terms + (i % ROWS);
      for (let k = 0; k < depth; k++) floats[to + ROWS * k] = left[from + k];
    }
  }

  /** What was made, without what fills rows up. */
  #take(
    out: Float32Array,
    row: number,
    height: number,
    columns: number,
    oct: number,
    width: number,
  ): void {
    const floats = this.#floats;
    const made = width * OCT;
    if (made === columns) {
      out.set(floats.subarray(OUT / 4, OUT / 4 + height * columns), row * columns);
      return;
    }
    const count = Math.min(made, columns - oct * OCT);
    for (let i = 0; i < height; i++) {
      const from = OUT / 4 + i * made;
      out.set(floats.subarray(from, from + count), (row + i) * columns + oct * OCT);
    }
  }
}
