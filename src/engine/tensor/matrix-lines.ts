import type { MultiplyBy } from '../../compute/cpu/lowrank.ts';
import type { Matrix } from '../../formats/update.ts';
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import type { Fetched } from './codes.ts';
import { type Shape, shapeOf } from './matrix-needs.ts';

/** A matrix whose rows can be had, as long as what they need was fetched. */
export type Lines = Shape & {
  /** Rows [from, to) in f32, one after the other; `out` has just their elements. */
  read(from: number, to: number, out: Float32Array): void;
};

/** Every step is rounded to f32; `multiplyBy` says in which order a product is summed. */
export function linesOf(matrix: Matrix, inputs: readonly Fetched[], multiplyBy: MultiplyBy): Lines {
  const open = (of: Matrix) => linesOf(of, inputs, multiplyBy);
  const shape = shapeOf(matrix);
  switch (matrix.kind) {
    case 'stored':
      return { ...shape, read: storedRows(matrix, inputs[matrix.input]) };
    case 'product': {
      const left = open(matrix.left);
      const times = timesAll(open(matrix.right), multiplyBy);
      const rowsOf = roomFor(left);
      return {
        ...shape,
        read: (from, to, out) => times(rowsOf(from, to), to - from, out),
      };
    }
    case 'hadamard': {
      const [left, right] = [open(matrix.left), open(matrix.right)];
      const rowsOf = roomFor(right);
      return {
        ...shape,
        read(from, to, out) {
          left.read(from, to, out);
          const others = rowsOf(from, to);
          for (let i = 0; i < out.length; i++) out[i] *= others[i];
        },
      };
    }
    case 'kronecker':
      return { ...shape, read: kronecker(open(matrix.left), open(matrix.right)) };
    case 'tucker':
      return { ...shape, read: tucker(matrix, open, multiplyBy) };
    case 'stacked': {
      const parts = matrix.parts.map(({ rows, matrix: of }) => ({ rows, of: of && open(of) }));
      return {
        ...shape,
        read(from, to, out) {
          let before = 0;
          for (const { rows, of } of parts) {
            const begin = Math.max(from, before);
            const end = Math.min(to, before + rows);
            if (begin < end) {
              const part = out.subarray(
                (begin - from) * shape.columns,
                (end - from) * shape.columns,
              );
              if (of) of.read(begin - before, end - before, part);
              else part.fill(0);
            }
            before += rows;
          }
        },
      };
    }
    case 'rows': {
      const of = open(matrix.of);
      return {
        ...shape,
        read: (from, to, out) => of.read(matrix.from + from, matrix.from + to, out),
      };
    }
    case 'reshaped': {
      const of = open(matrix.of);
      const elements = elementsOf(of);
      return {
        ...shape,
        read: (from, _to, out) => elements(from * shape.columns, out),
      };
    }
    case 'scaled': {
      const of = open(matrix.of);
      const by = Math.fround(matrix.by);
      return {
        ...shape,
        read(from, to, out) {
          of.read(from, to, out);
          for (let i = 0; i < out.length; i++) out[i] *= by;
        },
      };
    }
    default:
      return matrix satisfies never;
  }
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
    if (out.length === (last - first) * columns) lines.read(first, last, out);
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
    lines.read(from, to, rows);
    return rows;
  };
}

/** A product with all of a matrix, which is formed when it is first asked for. */
function timesAll(right: Lines, multiplyBy: MultiplyBy) {
  const { rows, columns } = right;
  let multiply: ReturnType<MultiplyBy> | null = null;
  return (left: Float32Array, count: number, out: Float32Array) => {
    multiply ??= multiplyBy(allOf(right), rows, columns);
    multiply(left, count, out);
  };
}

function allOf(lines: Lines): Float32Array {
  const values = new Float32Array(lines.rows * lines.columns);
  lines.read(0, lines.rows, values);
  return values;
}

function storedRows(
  { dtype, rows, columns, transposed }: Matrix & { kind: 'stored' },
  { begin, bytes }: Fetched,
): Lines['read'] {
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

function kronecker(left: Lines, right: Lines): Lines['read'] {
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
): Lines['read'] {
  const [outer, middle, inner] = [open(left), open(core), open(right)];
  const { rows: rank, columns } = inner;
  const rowsOf = roomFor(outer);
  const timesCore = timesAll(middle, multiplyBy);
  const timesRight = timesAll(inner, multiplyBy);
  return (from, to, out) => {
    const count = to - from;
    const half = new Float32Array(count * middle.columns);
    timesCore(rowsOf(from, to), count, half);
    const whole = new Float32Array(count * kernel * columns);
    timesRight(turned(half, rank, kernel), count * kernel, whole);
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
