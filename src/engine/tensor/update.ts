/** Values of an updated tensor: base + scale · matrix, with DoRA's magnitudes where it has them. */
import { multiplier } from '../../compute/cpu/lowrank.ts';
import type { Use } from '../../compute/cpu/lowrank-definition.ts';
import type { Matrix, UpdateFormula } from '../../formats/update.ts';
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';
import type { Fetched, Range } from './codes.ts';
import type { Before, Computation } from './computation.ts';
import { elementsOf, type Lines, linesOf } from './matrix-lines.ts';
import { needRows, shapeOf, widthOf } from './matrix-needs.ts';

/** Elements computed at a time: with the factors they stay in the processor's cache. */
const CHUNK = 1 << 16;
/** Rows that the product makes together. */
const TOGETHER = 4;

/**
 * How base + scale · matrix is computed from `inputs` stored tensors, each step in f32, `scale` rounded to it.
 * With magnitudes m each row or column v of that becomes v · (m / ‖v‖): the norm is a root of a sum of squares
 * in f64, the quotient is rounded to f32; zeros have no direction and become NaN, as in PEFT. Magnitudes by
 * column need all norms before the first value: a pass over the whole tensor.
 *
 * Any run of elements can be asked for; least is done twice where it begins and ends with rows. Factors that
 * stand on the right are held whole. Throws where the parts of the matrix do not fit together or the weight,
 * and where magnitudes come without a base.
 */
export function computationOfUpdate(formula: UpdateFormula, inputs: number): Computation {
  const { matrix, magnitudes, base } = formula;
  const [, rows, columns] = formula.sizes;
  const shape = shapeOf(matrix);
  if (shape.rows !== rows || shape.columns !== columns) {
    const found = `${shape.rows} × ${shape.columns}`;
    throw new Error(`the update of a weight of ${rows} × ${columns} is ${found}`);
  }
  if (magnitudes === null) return inRows(formula, unreshaped(matrix), inputs);
  if (base === null) throw new Error('magnitudes of DoRA need the weight of the base');
  const computation = inRows(formula, matrix, inputs);
  return magnitudes.per === 'row'
    ? computation
    : { ...computation, before: normsOfColumns(formula, inputs) };
}

/** The same elements in the rows that they are made in. */
function unreshaped(matrix: Matrix): Matrix {
  return matrix.kind === 'reshaped' ? unreshaped(matrix.of) : matrix;
}

function normsOfColumns(formula: UpdateFormula, inputs: number): Before {
  const [, rows, columns] = formula.sizes;
  return {
    computation: computationOfUpdate({ ...formula, magnitudes: null }, inputs),
    elements: rows * columns,
    fold() {
      const squares = new Float64Array(columns);
      return {
        take(from, values) {
          let j = from % columns;
          for (let i = 0; i < values.length; i++) {
            squares[j] += values[i] * values[i];
            j = j + 1 === columns ? 0 : j + 1;
          }
        },
        result: () => squares.map(Math.sqrt),
      };
    },
  };
}

/** By rows of a matrix that has the tensor's elements in their order. */
function inRows(formula: UpdateFormula, matrix: Matrix, inputs: number): Computation {
  const { rows, columns } = shapeOf(matrix);
  const tall = Math.max(1, Math.floor(CHUNK / Math.max(1, widthOf(matrix))));
  const high = tall < TOGETHER ? tall : tall - (tall % TOGETHER);
  const firstRow = (element: number) => Math.floor(element / columns);
  const rowAfter = (element: number) => Math.min(rows, Math.ceil(element / columns));
  const chunkEnd = (from: number, to: number) =>
    Math.min(to, (Math.floor(from / (high * columns)) + 1) * high * columns);
  const needs = (from: number, to: number) =>
    needsOf(formula, matrix, inputs, firstRow(from), rowAfter(to));

  return {
    needs,
    chunkEnd,
    reach(from, to, most) {
      // What every row needs is read for each piece: what a piece reads besides is no less.
      const row = firstRow(from);
      const always = bytesOf(needs(row * columns, (row + 1) * columns));
      const limit = always + Math.max(always, most);
      const least = chunkEnd(from, to);
      let end = to;
      while (end > least && bytesOf(needs(from, end)) > limit) {
        const chunks = Math.floor((rowAfter(end) - row) / 2 / high);
        const start = Math.floor(row / high) * high;
        end = Math.max(least, (start + chunks * high) * columns);
      }
      return end;
    },
    async open(fetched, norms) {
      const lines = linesOf(matrix, fetched, await multiplier(formula.base));
      return elementsOf(finished(lines, formula, fetched, norms));
    },
  };
}

const NOTHING: Range = { begin: 0, end: 0 };

/** Of each input what rows [first, last) need: from the first byte to the last. */
function needsOf(
  { magnitudes, base }: UpdateFormula,
  matrix: Matrix,
  inputs: number,
  first: number,
  last: number,
): readonly Range[] {
  const ranges = new Array<Range>(inputs).fill(NOTHING);
  const need = (input: number, begin: number, end: number) => {
    const known = ranges[input];
    ranges[input] =
      known === NOTHING
        ? { begin, end }
        : { begin: Math.min(known.begin, begin), end: Math.max(known.end, end) };
  };
  needRows(matrix, first, last, need);
  const { columns } = shapeOf(matrix);
  if (magnitudes) {
    const size = bytesPerElement(magnitudes.dtype);
    if (magnitudes.per === 'row') need(magnitudes.input, first * size, last * size);
    else need(magnitudes.input, 0, columns * size);
  }
  if (base !== null) {
    const bytes = columns * bytesPerElement(base);
    need(inputs - 1, first * bytes, last * bytes);
  }
  return ranges;
}

function bytesOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { begin, end }) => sum + end - begin, 0);
}

/** The matrix as it is used: scaled, on the base, with magnitudes. */
function finished(
  lines: Lines,
  { scale: exact, base, magnitudes }: UpdateFormula,
  fetched: readonly Fetched[],
  norms: Float64Array | null,
): Lines {
  const { columns } = lines;
  const scale = Math.fround(exact);
  const usedAt = (from: number, to: number): Use => {
    if (base === null) return { scale, base };
    const { begin, bytes } = fetched[fetched.length - 1];
    const row = columns * bytesPerElement(base);
    return {
      scale,
      base: { dtype: base, bytes: bytes.subarray(from * row - begin, to * row - begin) },
    };
  };
  const wanted = magnitudes && magnitudesOf(fetched[magnitudes.input], magnitudes.dtype);
  const byColumn = wanted && norms && wanted(0, columns).map((each, j) => each / norms[j]);
  return {
    ...lines,
    read(from, to, out) {
      lines.read(from, to, out, usedAt(from, to));
      if (byColumn) timesEachColumn(out, byColumn);
      else if (wanted) toMagnitudes(out, wanted(from, to));
    },
  };
}

/** Magnitudes [from, to). */
function magnitudesOf({ begin, bytes }: Fetched, dtype: FloatDtype) {
  const size = bytesPerElement(dtype);
  return (from: number, to: number): Float32Array => {
    const values = new Float32Array(to - from);
    decode(bytes.subarray(from * size - begin, to * size - begin), dtype, values);
    return values;
  };
}

/** Gives rows these norms. */
function toMagnitudes(out: Float32Array, magnitudes: Float32Array): void {
  const columns = out.length / magnitudes.length;
  for (const [i, magnitude] of magnitudes.entries()) {
    const row = out.subarray(i * columns, (i + 1) * columns);
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += row[j] * row[j];
    const factor = Math.fround(magnitude / Math.sqrt(squares));
    for (let j = 0; j < columns; j++) row[j] *= factor;
  }
}

function timesEachColumn(out: Float32Array, factors: Float32Array): void {
  const columns = factors.length;
  for (let at = 0; at < out.length; at += columns) {
    for (let j = 0; j < columns; j++) out[at + j] *= factors[j];
  }
}
