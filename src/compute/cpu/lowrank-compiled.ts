import { bytesPerElement, type FloatDtype, floatDtypes } from '../../numerics/dtype.ts';
import { pack } from '../shaders/structs.ts';
import type { Main } from './arena.ts';
import { ALONE, apply, type Base, type MultiplyBy, type Use } from './lowrank-definition.ts';
import { OCT, type Panels, panelsOf, quadsOfLeft, ROWS } from './lowrank-layout.ts';
import { programs } from './programs.ts';

/** Addresses in the memory; the right factor lies behind the left one. */
const JOB = 0;
const TALLY = 64;
const OUT = 1024;
const OUT_BYTES = 1 << 20;
const BASE = OUT + OUT_BYTES;
/** Elements of a base are at most twice as wide as results. */
const BASE_BYTES = 2 * OUT_BYTES;
const FACTORS = BASE + BASE_BYTES;
const LEFT_BYTES = 1 << 20;
/** Of the right factor so much is there at a time, in whole octs of columns: a wider one comes in turns. */
const RIGHT_BYTES = 1 << 22;
const PAGE = 65536;

/** lowrank.wgsl as WebAssembly, for products that are used alone or added to a base of that dtype. */
export async function compiledMultiplier(base: FloatDtype | null): Promise<MultiplyBy> {
  const memory = new WebAssembly.Memory({ initial: FACTORS / PAGE + 1 });
  const codes = base === null ? [NONE] : [NONE, floatDtypes.indexOf(base)];
  const [alone, onto] = await Promise.all(
    codes.map(async (code) => {
      const module = await programs.get({ shader: 'lowrank', constants: { BASE: code } });
      const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
      return exports['main'] as Main;
    }),
  );
  const bench = new Workbench(memory, alone, onto ?? alone);
  return (right, depth, columns) => {
    const panels = panelsOf(right, depth, columns);
    return (left, rows, out, use) => bench.multiply(left, rows, panels, out, use);
  };
}

/** As in lowrank.wgsl. */
const NONE = floatDtypes.length;

/** Rows and octs of columns that are made at a time. */
type Tile = {
  readonly row: number;
  readonly rows: number;
  readonly oct: number;
  readonly octs: number;
};

/** The memory that the shader works in, and what lies there. It never shrinks. */
class Workbench {
  readonly #memory: WebAssembly.Memory;
  readonly #alone: Main;
  readonly #onto: Main;
  #floats: Float32Array;
  #bytes: Uint8Array;
  /** Which part of which right factor lies there. */
  #resident: { values: Float32Array | null; oct: number } = { values: null, oct: 0 };

  constructor(memory: WebAssembly.Memory, alone: Main, onto: Main) {
    this.#memory = memory;
    this.#alone = alone;
    this.#onto = onto;
    this.#floats = new Float32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
  }

  multiply(left: Float32Array, rows: number, panels: Panels, out: Float32Array, use: Use): void {
    const { octs, terms } = panels;
    const leftRow = ROWS * Math.max(1, terms) * 4;
    const most = Math.max(1, Math.floor(RIGHT_BYTES / (OCT * Math.max(1, terms) * 4)));
    const wide = Math.min(octs, most, OUT_BYTES / (ROWS * OCT * 4));
    const high = Math.min(OUT_BYTES / (wide * OCT * 4), (ROWS * LEFT_BYTES) / leftRow);
    const tall = Math.max(ROWS, Math.floor(high / ROWS) * ROWS);
    for (let oct = 0; oct < octs; oct += wide) {
      for (let row = 0; row < rows; row += tall) {
        const tile: Tile = {
          row,
          rows: Math.min(tall, rows - row),
          oct,
          octs: Math.min(wide, octs - oct),
        };
        if (this.#run(left, panels, tile, use)) {
          this.#take(out, tile, panels.columns);
          continue;
        }
        // The shader decodes finite numbers only.
        this.multiply(left, rows, panels, out, ALONE);
        apply(use, out);
        return;
      }
    }
  }

  /** Makes a tile; false when the base holds NaN or infinity. */
  #run(left: Float32Array, panels: Panels, tile: Tile, { scale, base }: Use): boolean {
    const { terms } = panels;
    const right = Math.max(LEFT_BYTES, ROWS * terms * 4);
    this.#giveRight(panels, tile, FACTORS + right);
    const part = left.subarray(tile.row * panels.depth);
    quadsOfLeft(part, tile.rows, panels, this.#floats.subarray(FACTORS / 4));
    if (base) this.#giveBase(base, panels.columns, tile);
    const main = base ? this.#onto : this.#alone;
    const words = new Uint32Array(this.#memory.buffer, 0, OUT / 4);
    const [bits] = new Uint32Array(Float32Array.of(scale).buffer);
    const job = { depth: terms, octs: tile.octs, right: right / 16, scale: bits };
    words.set(pack('Product', [job]), JOB / 4);
    words[TALLY / 4] = 0;
    for (let group = 0; group * ROWS < tile.rows; group++) {
      main(JOB, BASE, FACTORS, OUT, TALLY, 0, tile.octs, group);
    }
    return words[TALLY / 4] === 0;
  }

  /** The right factor's part, if it is not there. */
  #giveRight({ values, terms }: Panels, { oct, octs }: Tile, address: number): void {
    if (this.#resident.values === values && this.#resident.oct === oct) return;
    const part = values.subarray(oct * terms * OCT, (oct + octs) * terms * OCT);
    const missing = address + part.byteLength - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / PAGE));
      this.#floats = new Float32Array(this.#memory.buffer);
      this.#bytes = new Uint8Array(this.#memory.buffer);
    }
    this.#floats.set(part, address / 4);
    this.#resident = { values, oct };
  }

  /** Rows of the base, with room for what fills them up; zeros there, or old numbers. */
  #giveBase({ bytes, dtype }: Base, columns: number, { row, rows, oct, octs }: Tile): void {
    const size = bytesPerElement(dtype);
    const made = octs * OCT;
    if (made === columns) {
      this.#bytes.set(bytes.subarray(row * columns * size, (row + rows) * columns * size), BASE);
      return;
    }
    const count = Math.min(made, columns - oct * OCT);
    for (let i = 0; i < rows; i++) {
      const from = ((row + i) * columns + oct * OCT) * size;
      const to = BASE + i * made * size;
      this.#bytes.set(bytes.subarray(from, from + count * size), to);
      this.#bytes.fill(0, to + count * size, to + made * size);
    }
  }

  /** What was made, without what fills rows up. */
  #take(out: Float32Array, { row, rows, oct, octs }: Tile, columns: number): void {
    const made = octs * OCT;
    const results = this.#floats.subarray(OUT / 4, OUT / 4 + rows * made);
    if (made === columns) {
      out.set(results, row * columns);
      return;
    }
    const count = Math.min(made, columns - oct * OCT);
    for (let i = 0; i < rows; i++) {
      const line = results.subarray(i * made, i * made + count);
      out.set(line, (row + i) * columns + oct * OCT);
    }
  }
}
