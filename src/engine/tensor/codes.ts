/** Values from codes: number of the code × scale (+ offset), each step rounded to f32. Pure. */
import type { CodesFormula, ScaleDtype } from '../../formats/model.ts';
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';

/** Bytes of one stored tensor, counted from its begin. */
export type Range = { readonly begin: number; readonly end: number };
export type Fetched = { readonly begin: number; readonly bytes: Uint8Array<ArrayBuffer> };

/** Elements computed at a time: codes and values stay in the processor's cache. */
const CHUNK = 1 << 14;
/** Columns of a stored matrix that are turned at a time. */
const TILE = 64;

/**
 * Where a run of elements that begins at `from` is cut, so that what it needs is read once and takes about
 * `most` bytes. A matrix that is turned is needed whole for any of its rows.
 */
export function reach(formula: CodesFormula, from: number, to: number, most: number): number {
  if (formula.transposed) {
    const matrix = formula.sizes[1] * formula.sizes[2];
    return Math.min(to, (Math.floor(from / matrix) + 1) * matrix);
  }
  const elements = Math.max(CHUNK, Math.floor((8 * most) / formula.bits / CHUNK) * CHUNK);
  return Math.min(to, (Math.floor(from / CHUNK) + 1) * CHUNK + elements - CHUNK);
}

/** The next place after `from` to stop at: a chunk of elements, or a tile of a matrix that is turned. */
export function chunkEnd(formula: CodesFormula, from: number, to: number): number {
  const length = formula.transposed ? TILE * formula.sizes[1] : CHUNK;
  return Math.min(to, (Math.floor(from / length) + 1) * length);
}

/** What elements [from, to) need of each input. With turned matrices they lie in one. */
export function needs(formula: CodesFormula, from: number, to: number): readonly Range[] {
  const { bits, sizes, offset, transposed } = formula;
  const matrix = sizes[1] * sizes[2];
  const first = transposed ? Math.floor(from / matrix) * matrix : from;
  const last = transposed ? first + matrix : to;
  const codes = { begin: Math.floor((first * bits) / 8), end: Math.ceil((last * bits) / 8) };
  const size = scaleBytes(formula.scale);
  const [begin, end] = scalesOf(formula, first, last);
  const scales = { begin: begin * size, end: end * size };
  return offset ? [codes, scales, scales] : [codes, scales];
}

/** The values of the elements from `from` on, as many as `out` takes; `opened` holds what they need. */
export function compute(
  formula: CodesFormula,
  opened: Opened,
  from: number,
  out: Float32Array,
): void {
  if (formula.transposed) turned(formula, opened, from, out);
  else inOrder(formula, opened, from, out);
}

/** Numbers of scales [first, after) that elements [from, to) need; a superset where rows share scales. */
function scalesOf(formula: CodesFormula, from: number, to: number): readonly [number, number] {
  const { sizes, blocks } = formula;
  const counts = sizes.map((size, axis) => Math.ceil(size / blocks[axis]));
  const [a, b] = [placeOf(formula, from), placeOf(formula, to - 1)];
  const row = ({ matrix, row }: Place) =>
    Math.floor(matrix / blocks[0]) * counts[1] + Math.floor(row / blocks[1]);
  if (a.matrix !== b.matrix && blocks[0] > 1) return [0, counts[0] * counts[1] * counts[2]];
  if (blocks[1] > 1) return [row(a) * counts[2], (row(b) + 1) * counts[2]];
  const at = (place: Place) => row(place) * counts[2] + Math.floor(place.column / blocks[2]);
  return [at(a), at(b) + 1];
}

type Place = { readonly matrix: number; readonly row: number; readonly column: number };

function placeOf({ sizes: [, rows, columns] }: CodesFormula, element: number): Place {
  const line = Math.floor(element / columns);
  const matrix = Math.floor(line / rows);
  return { matrix, row: line - matrix * rows, column: element - line * columns };
}

/** What was fetched of the inputs. */
export type Opened = {
  readonly codes: Fetched;
  readonly scales: Float32Array;
  readonly offsets: Float32Array | null;
  /** Number of the first scale that is there. */
  readonly firstScale: number;
};

/** Scales as numbers, once for all that is computed from them. */
export function open({ scale, offset }: CodesFormula, inputs: readonly Fetched[]): Opened {
  const [codes, scales, offsets] = inputs;
  return {
    codes,
    scales: numbersOf(scales.bytes, scale),
    offsets: offset ? numbersOf(offsets.bytes, scale) : null,
    firstScale: scales.begin / scaleBytes(scale),
  };
}

function scaleBytes(scale: ScaleDtype): number {
  return scale === 'F8_E8M0' ? 1 : bytesPerElement(scale);
}

function numbersOf(bytes: Uint8Array<ArrayBuffer>, dtype: ScaleDtype): Float32Array {
  const values = new Float32Array(bytes.length / scaleBytes(dtype));
  if (dtype !== 'F8_E8M0') decode(bytes, dtype, values);
  else for (let i = 0; i < values.length; i++) values[i] = powers[bytes[i]];
  return values;
}

/** E8M0: 2^(code − 127), and NaN for 255 (OCP Microscaling Formats 1.0, 5.4.1). */
const powers = Float32Array.from({ length: 256 }, (_, code) =>
  code === 255 ? Number.NaN : 2 ** (code - 127),
);

/** Elements in the order they are stored. */
function inOrder(formula: CodesFormula, opened: Opened, from: number, out: Float32Array): void {
  const { sizes, blocks } = formula;
  const { scales, offsets, firstScale } = opened;
  const [, rows, columns] = sizes;
  const rowScales = Math.ceil(rows / blocks[1]);
  const columnScales = Math.ceil(columns / blocks[2]);
  const width = blocks[2];
  const table = tableOf(formula);
  const codes = unpacked(opened.codes, from, out.length, formula.bits);
  let { matrix, row, column } = placeOf(formula, from);
  for (let i = 0; i < out.length; ) {
    const line = Math.floor(matrix / blocks[0]) * rowScales + Math.floor(row / blocks[1]);
    let scaleAt = line * columnScales - firstScale + Math.floor(column / width);
    const lineEnd = Math.min(out.length, i + columns - column);
    let end = i + width - (column % width);
    while (i < lineEnd) {
      const stop = Math.min(end, lineEnd);
      const scale = scales[scaleAt];
      if (offsets === null) {
        for (; i < stop; i++) out[i] = table[codes[i]] * scale;
      } else {
        const offset = offsets[scaleAt];
        for (; i < stop; i++) out[i] = Math.fround(table[codes[i]] * scale) + offset;
      }
      scaleAt++;
      end += width;
    }
    column = 0;
    row++;
    if (row === rows) {
      row = 0;
      matrix++;
    }
  }
}

/** Elements of one matrix whose rows are the stored columns: whole tiles, of which the wanted part is kept. */
function turned(formula: CodesFormula, opened: Opened, from: number, out: Float32Array): void {
  const [, rows, columns] = formula.sizes;
  const begin = Math.floor(from / (rows * columns)) * rows * columns;
  const first = Math.floor((from - begin) / rows);
  const count = Math.ceil((from - begin + out.length) / rows) - first;
  const tile = new Float32Array(count * rows);
  const line = new Float32Array(count);
  for (let row = 0; row < rows; row++) {
    inOrder(formula, opened, begin + row * columns + first, line);
    for (let k = 0; k < count; k++) tile[k * rows + row] = line[k];
  }
  const skipped = from - begin - first * rows;
  out.set(tile.subarray(skipped, skipped + out.length));
}

/** `count` codes from element `from` on, one a byte. */
function unpacked({ begin, bytes }: Fetched, from: number, count: number, bits: number) {
  if (bits === 8) return bytes.subarray(from - begin, from - begin + count);
  const codes = new Uint8Array(count);
  const firstBit = from * bits - 8 * begin;
  if (bits === 4 && firstBit % 8 === 0) {
    let at = firstBit / 8;
    const pairs = count & ~1;
    for (let i = 0; i < pairs; i += 2) {
      const byte = bytes[at++];
      codes[i] = byte & 15;
      codes[i + 1] = byte >> 4;
    }
    if (pairs < count) codes[pairs] = bytes[at] & 15;
    return codes;
  }
  const mask = 2 ** bits - 1;
  const last = bytes.length - 1;
  let bit = firstBit;
  for (let i = 0; i < count; i++, bit += bits) {
    const at = bit >>> 3;
    const both = bytes[at] | ((at < last ? bytes[at + 1] : 0) << 8);
    codes[i] = (both >>> (bit & 7)) & mask;
  }
  return codes;
}

/** E2M1: 0, 0.5, 1, 1.5, 2, 3, 4, 6 (OCP Microscaling Formats 1.0, 5.3.3). */
const E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6];
const tables = new Map<string, Float32Array>();

/** The number of every code. */
function tableOf({ number, bits }: CodesFormula): Float32Array {
  const key = `${number} ${bits}`;
  const known = tables.get(key);
  if (known) return known;
  const codes = Uint8Array.from({ length: 2 ** bits }, (_, code) => code);
  const table = new Float32Array(codes.length);
  if (number === 'E4M3') decode(codes, 'F8_E4M3', table);
  else if (number === 'E5M2') decode(codes, 'F8_E5M2', table);
  else if (number === 'E2M1') table.set([...E2M1, ...E2M1.map((value) => -value)]);
  else if (number === 'unsigned') table.set(codes);
  else {
    const half = codes.length / 2; // two's complement
    codes.forEach((code) => {
      table[code] = code < half ? code : code - codes.length;
    });
  }
  tables.set(key, table);
  return table;
}
