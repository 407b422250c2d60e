import {
  ALONE,
  apply,
  type MultiplyBy,
  partOf,
  type Use,
} from '../../compute/cpu/lowrank-definition.ts';
import type { Matrix, StoredMatrix } from '../../formats/update.ts';
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import type { Fetched } from './codes.ts';
import { type Shape, shapeOf } from './matrix-needs.ts';

/** A matrix whose rows can be had, as long as what they need was fetched. */
export type Lines = Shape & {
  /** Rows [from, to) in f32, as they are used, one after the other; `out` has just their elements. */
  read(from: number, to: number, out: Float32Array, use: Use): void;
};

/** Every step is rounded to f32; `multiplyBy` says in which order a product is summed. */
export function linesOf(matrix: Matrix, inputs: readonly Fetched[], multiplyBy: MultiplyBy): Lines {
  const open = (of: Matrix) => linesOf(of, inputs, multiplyBy);
  return { ...shapeOf(matrix), read: readerOf(matrix, inputs, open, multiplyBy) };
}

function readerOf(
  matrix: Matrix,
  inputs: readonly Fetched[],
  open: (of: Matrix) => Lines,
  multiplyBy: MultiplyBy,
): Lines['read'] {
  switch (matrix.kind) {
    case 'stored':
      return plainly(storedRows(matrix, inputs[matrix.input]));
    case 'product': {
      const rowsOf = roomFor(open(matrix.left));
      const times = timesAll(open(matrix.right), multiplyBy);
      return (from, to, out, use) => times(rowsOf(from, to), to - from, out, use);
    }
    case 'hadamard': {
      const left = open(matrix.left);
      const rowsOf = roomFor(open(matrix.right));
      return plainly((from, to, out) => {
        left.read(from, to, out, ALONE);
        const others = rowsOf(from, to);
        for (let i = 0; i < out.length; i++) out[i] *= others[i];
      });
    }
    case 'kronecker':
      return plainly(kronecker(open(matrix.left), open(matrix.right)));
    case 'tucker':
      return plainly(tucker(matrix, open, multiplyBy));
    case 'stacked':
      return stacked(matrix, open);
    case 'rows': {
      const of = open(matrix.of);
      return (from, to, out, use) => of.read(matrix.from + from, matrix.from + to, out, use);
    }
    case 'reshaped': {
      const elements = elementsOf(open(matrix.of));
      return plainly((from, _to, out) => elements(from * matrix.columns, out));
    }
    case 'scaled': {
      const of = open(matrix.of);
      const scale = Math.fround(matrix.by);
      return (from, to, out, use) => {
        if (use.scale === 1) {
          of.read(from, to, out, { ...use, scale });
        } else {
          of.read(from, to, out, { scale, base: null });
          apply(use, out);
        }
      };
    }
    default:
      return matrix satisfies never;
  }
}

type Formed = (from: number, to: number, out: Float32Array) => void;

/** Rows that are formed first and used then. */
function plainly(read: Formed): Lines['read'] {
  return (from, to, out, use) => {
    read(from, to, out);
    apply(use, out);
  };
}

/** Elements from one on, as many as `out` takes: whole rows, of which the wanted part is kept. */
export function elementsOf(lines: Lines): (from: number, out: Float32Array) => void {
  const { columns } = lines;
  const rowsOf = roomFor(lines);
  return (from, out) => {
    if (out.length === 0) return;
    const first = Math.floor(from / columns);
    const last = Math.ceil((from + out.length) / columns);
    const skipped = from - first * columns;
    if (out.length === (last - first) * columns) lines.read(first, last, out, ALONE);
    else out.set(rowsOf(first, last).subarray(skipped, skipped + out.length));
  };
}

/** Rows in a room that is used again: they hold until the next are asked for. */
function roomFor(lines: Lines): (from: number, to: number) => Float32Array {
  let room = new Float32Array();
  return (from, to) => {
    const length = (to - from) * lines.columns;
    if (room.length < length) room = new Float32Array(length);
    const rows = room.subarray(0, length);
    lines.read(from, to, rows, ALONE);
    return rows;
  };
}

function stacked(matrix: Matrix & { kind: 'stacked' }, open: (of: Matrix) => Lines): Lines['read'] {
  const { columns } = shapeOf(matrix);
  let after = 0;
  const parts = matrix.parts.map(({ rows, matrix: of }) => {
    after += rows;
    return { begin: after - rows, end: after, of: of && open(of) };
  });
  return (from, to, out, use) => {
    for (const part of parts) {
      const [begin, end] = [Math.max(from, part.begin), Math.min(to, part.end)];
      if (begin >= end) continue;
      const [first, last] = [(begin - from) * columns, (end - from) * columns];
      const lines = out.subarray(first, last);
      const own = partOf(use, first, last);
      if (part.of) part.of.read(begin - part.begin, end - part.begin, lines, own);
      else apply(own, lines.fill(0));
    }
  };
}

/** A product with all of a matrix, which is formed when it is first asked for. */
function timesAll(right: Lines, multiplyBy: MultiplyBy) {
  const { rows, columns } = right;
  let multiply: ReturnType<MultiplyBy> | null = null;
  return (left: Float32Array, count: number, out: Float32Array, use: Use) => {
    multiply ??= multiplyBy(allOf(right), rows, columns);
    multiply(left, count, out, use);
  };
}

function allOf(lines: Lines): Float32Array {
  const values = new Float32Array(lines.rows * lines.columns);
  lines.read(0, lines.rows, values, ALONE);
  return values;
}

function storedRows(
  { dtype, rows, columns, transposed }: StoredMatrix,
  { begin, bytes }: Fetched,
): Formed {
  const size = bytesPerElement(dtype);
  const values = (element: number, out: Float32Array) => {
    const at = element * size - begin;
    decode(bytes.subarray(at, at + out.length * size), dtype, out);
  };
  if (!transposed) return (from, _to, out) => values(from * columns, out);
  return (from, to, out) => {
    const column = new Float32Array(to - from);
    for (let j = 0; j < columns && column.length > 0; j++) {
      values(j * rows + from, column);
      for (let i = 0; i < column.length; i++) out[i * columns + j] = column[i];
    }
  };
}

function kronecker(left: Lines, right: Lines): Formed {
  const height = right.rows;
  const leftRows = roomFor(left);
  const rightRows = roomFor(right);
  let all: Float32Array | null = null;
  return (from, to, out) => {
    const first = Math.floor(from / height);
    const factors = leftRows(first, Math.ceil(to / height));
    // One row of blocks is made of the very rows that are asked for.
    const shift = left.rows === 1 ? from : 0;
    if (left.rows > 1) all ??= allOf(right);
    const values = all ?? rightRows(from, to);
    let at = 0;
    for (let row = from; row < to; row++) {
      const block = (Math.floor(row / height) - first) * left.columns;
      const line = ((row % height) - shift) * right.columns;
      for (let j = 0; j < left.columns; j++) {
        const factor = factors[block + j];
        for (let k = 0; k < right.columns; k++) out[at++] = factor * values[line + k];
      }
    }
  };
}

/** Two products, with the places of the kernel before the sum over the right factor's rows, and after it. */
function tucker(
  { left, core, right, kernel }: Matrix & { kind: 'tucker' },
  open: (of: Matrix) => Lines,
  multiplyBy: MultiplyBy,
): Formed {
  const [outer, middle, inner] = [open(left), open(core), open(right)];
  const { rows: rank, columns } = inner;
  const rowsOf = roomFor(outer);
  const timesCore = timesAll(middle, multiplyBy);
  const timesRight = timesAll(inner, multiplyBy);
  return (from, to, out) => {
    const count = to - from;
    const half = new Float32Array(count * middle.columns);
    timesCore(rowsOf(from, to), count, half, ALONE);
    const whole = new Float32Array(count * kernel * columns);
    timesRight(turned(half, rank, kernel), count * kernel, whole, ALONE);
    out.set(turned(whole, kernel, columns));
  };
}

/** Matrices of `rows` and `columns`, one after the other, each with rows and columns exchanged. */
function turned(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  const size = rows * columns;
  for (let begin = 0; begin < values.length; begin += size) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        out[begin + j * rows + i] = values[begin + i * columns + j];
      }
    }
  }
  return out;
}
