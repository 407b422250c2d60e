import { readPlane } from '../engine/tensor/planes.ts';
import type { Matrix, UpdateFormula } from '../formats/update.ts';
import type { FloatDtype } from '../numerics/dtype.ts';
import type { ComputedPlane } from '../plan/types.ts';
import { decode, encode } from './encode.ts';
import { countingSource, memorySource } from './memory-source.ts';

/** A matrix as numbers, row by row. */
export type Grid = readonly (readonly number[])[];

/** Stored tensors of one file, and planes that are computed from them. */
export class UpdateFile {
  readonly #tensors: { readonly dtype: FloatDtype; readonly bytes: Uint8Array<ArrayBuffer> }[] = [];

  /** Adds a tensor; its index. */
  add(values: readonly number[], dtype: FloatDtype): number {
    return this.#tensors.push({ dtype, bytes: encode(values, dtype) }) - 1;
  }

  /** A matrix whose elements are stored, column by column if `transposed`. */
  matrix(grid: Grid, columns: number, dtype: FloatDtype, transposed = false): Matrix {
    const values = transposed
      ? Array.from({ length: columns }, (_, j) => grid.map((row) => row[j])).flat()
      : grid.flat();
    const input = this.add(values, dtype);
    return { kind: 'stored', input, dtype, rows: grid.length, columns, transposed };
  }

  /** What a stored tensor holds, decoded. */
  valuesOf(input: number): number[] {
    const { bytes, dtype } = this.#tensors[input];
    return decode(bytes, dtype);
  }

  /** The plane of a formula, and how it is read. */
  plane(formula: UpdateFormula, dtype: FloatDtype = 'F32') {
    let end = 0;
    const spans = this.#tensors.map(({ bytes }) => {
      const begin = end;
      end += bytes.length;
      return { model: 'm', file: 0, begin, end };
    });
    const file = new Uint8Array(end);
    this.#tensors.forEach(({ bytes }, k) => {
      file.set(bytes, spans[k].begin);
    });
    const source = countingSource(memorySource('adapter.safetensors', file));
    const sources = { weights: () => source, companion: () => source };
    const [, rows, columns] = formula.sizes;
    const plane: ComputedPlane = { dtype, from: 0, to: rows * columns, formula, inputs: spans };
    async function read(first = 0, count = plane.to - first, budget = 2 ** 28) {
      const reader = { sources, tensor: 'a.weight', budget };
      const { signal } = new AbortController();
      return readPlane(plane, first, count, reader, signal);
    }
    return {
      plane,
      source,
      spans,
      size: end,
      bytes: read,
      values: async (first?: number, count?: number, budget?: number) =>
        decode(await read(first, count, budget), dtype),
    };
  }
}

/**
 * The numbers of a matrix by its definition, in f64: one element at a time, nothing shared with what computes
 * planes. `stored` gives the numbers of an input.
 */
export function plainGrid(
  matrix: Matrix,
  stored: (input: number) => readonly number[],
): number[][] {
  const of = (one: Matrix) => plainGrid(one, stored);
  switch (matrix.kind) {
    case 'stored': {
      const { rows, columns, transposed } = matrix;
      const values = stored(matrix.input);
      return grid(rows, columns, (i, j) => values[transposed ? j * rows + i : i * columns + j]);
    }
    case 'product': {
      const [a, b] = [of(matrix.left), of(matrix.right)];
      return a.map((row) =>
        Array.from({ length: widthOf(matrix.right) }, (_, j) =>
          row.reduce((sum, value, k) => sum + value * b[k][j], 0),
        ),
      );
    }
    case 'hadamard': {
      const [a, b] = [of(matrix.left), of(matrix.right)];
      return a.map((row, i) => row.map((value, j) => value * b[i][j]));
    }
    case 'kronecker': {
      const [a, b] = [of(matrix.left), of(matrix.right)];
      const [height, width] = [b.length, widthOf(matrix.right)];
      return grid(a.length * height, widthOf(matrix.left) * width, (i, j) => {
        return a[Math.floor(i / height)][Math.floor(j / width)] * b[i % height][j % width];
      });
    }
    case 'tucker': {
      const [a, core, b] = [of(matrix.left), of(matrix.core), of(matrix.right)];
      const { kernel } = matrix;
      return grid(a.length, widthOf(matrix.right) * kernel, (o, column) => {
        const [i, k] = [Math.floor(column / kernel), column % kernel];
        let sum = 0;
        for (let p = 0; p < core.length; p++) {
          for (let q = 0; q < b.length; q++) sum += a[o][p] * core[p][q * kernel + k] * b[q][i];
        }
        return sum;
      });
    }
    case 'stacked': {
      const columns = widthOf(matrix);
      return matrix.parts.flatMap(({ rows, matrix: part }) =>
        part ? of(part) : grid(rows, columns, () => 0),
      );
    }
    case 'rows':
      return of(matrix.of).slice(matrix.from, matrix.to);
    case 'reshaped': {
      const values = of(matrix.of).flat();
      return grid(matrix.rows, matrix.columns, (i, j) => values[i * matrix.columns + j]);
    }
    case 'scaled':
      return of(matrix.of).map((row) => row.map((value) => value * matrix.by));
    default:
      return matrix satisfies never;
  }
}

function grid(rows: number, columns: number, value: (i: number, j: number) => number): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => value(i, j)),
  );
}

/** Columns, which a matrix without rows has too. */
function widthOf(matrix: Matrix): number {
  switch (matrix.kind) {
    case 'stored':
    case 'reshaped':
      return matrix.columns;
    case 'product':
      return widthOf(matrix.right);
    case 'hadamard':
      return widthOf(matrix.left);
    case 'kronecker':
      return widthOf(matrix.left) * widthOf(matrix.right);
    case 'tucker':
      return widthOf(matrix.right) * matrix.kernel;
    case 'stacked':
      return widthOf(matrix.parts.find(({ matrix: part }) => part)!.matrix!);
    case 'rows':
    case 'scaled':
      return widthOf(matrix.of);
    default:
      return matrix satisfies never;
  }
}
