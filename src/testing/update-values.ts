/**
 * What updates of adapters come to, by plain loops over the definitions in `formats/update.ts`: the oracle for
 * whatever computes them faster. All in f64. `values` are those of the update's inputs, each in C order.
 */
import type { Matrix, Update } from '../formats/update.ts';

export type Rows = number[][];
type Values = readonly ArrayLike<number>[];

/** The update's matrix, not scaled. */
export function matrixOf({ matrix }: Pick<Update, 'matrix'>, values: Values): Rows {
  return rowsOf(matrix, values);
}

/** What is added to the base: scale · matrix. Magnitudes are left out, they need the base. */
export function deltaOf(update: Pick<Update, 'matrix' | 'scale'>, values: Values): Rows {
  return matrixOf(update, values).map((row) => row.map((value) => update.scale * value));
}

/** The base with the update added, and then, where there are magnitudes, with their norms. */
export function addedTo(
  base: Rows,
  update: Pick<Update, 'matrix' | 'scale' | 'magnitudes'>,
  values: Values,
): Rows {
  const delta = deltaOf(update, values);
  const sum = base.map((row, i) => row.map((value, j) => value + delta[i][j]));
  const { magnitudes } = update;
  if (!magnitudes) return sum;
  const wanted = values[magnitudes.input];
  if (magnitudes.per === 'row') {
    return sum.map((row, i) => row.map((value) => (value * wanted[i]) / norm(row)));
  }
  const norms = sum[0].map((_, j) => norm(sum.map((row) => row[j])));
  return sum.map((row) => row.map((value, j) => (value * wanted[j]) / norms[j]));
}

function rowsOf(matrix: Matrix, values: Values): Rows {
  switch (matrix.kind) {
    case 'stored': {
      const { rows, columns, transposed } = matrix;
      const own = values[matrix.input];
      return table(rows, columns, (i, j) => own[transposed ? j * rows + i : i * columns + j]);
    }
    case 'product': {
      const [left, right] = [rowsOf(matrix.left, values), rowsOf(matrix.right, values)];
      return table(left.length, right[0].length, (i, j) =>
        sum(right.length, (k) => left[i][k] * right[k][j]),
      );
    }
    case 'hadamard': {
      const [left, right] = [rowsOf(matrix.left, values), rowsOf(matrix.right, values)];
      return table(left.length, left[0].length, (i, j) => left[i][j] * right[i][j]);
    }
    case 'kronecker': {
      const [left, right] = [rowsOf(matrix.left, values), rowsOf(matrix.right, values)];
      const [rows, columns] = [right.length, right[0].length];
      return table(left.length * rows, left[0].length * columns, (i, j) => {
        const [i1, i2] = [Math.floor(i / rows), i % rows];
        const [j1, j2] = [Math.floor(j / columns), j % columns];
        return left[i1][j1] * right[i2][j2];
      });
    }
    case 'tucker': {
      const { kernel } = matrix;
      const left = rowsOf(matrix.left, values);
      const core = rowsOf(matrix.core, values);
      const right = rowsOf(matrix.right, values);
      return table(left.length, right[0].length * kernel, (o, column) => {
        const [i, k] = [Math.floor(column / kernel), column % kernel];
        return sum(core.length, (p) =>
          sum(right.length, (q) => left[o][p] * core[p][q * kernel + k] * right[q][i]),
        );
      });
    }
    case 'stacked': {
      const parts = matrix.parts.map(({ matrix: part }) => part && rowsOf(part, values));
      const columns = parts.find((part) => part !== null)?.[0].length ?? 0;
      return parts.flatMap((part, i) => part ?? table(matrix.parts[i].rows, columns, () => 0));
    }
    case 'rows':
      return rowsOf(matrix.of, values).slice(matrix.from, matrix.to);
    case 'reshaped': {
      const flat = rowsOf(matrix.of, values).flat();
      return table(matrix.rows, matrix.columns, (i, j) => flat[i * matrix.columns + j]);
    }
    case 'scaled':
      return rowsOf(matrix.of, values).map((row) => row.map((value) => matrix.by * value));
  }
}

function table(rows: number, columns: number, at: (i: number, j: number) => number): Rows {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => at(i, j)),
  );
}

function sum(count: number, at: (k: number) => number): number {
  let total = 0;
  for (let k = 0; k < count; k++) total += at(k);
  return total;
}

function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((total, value) => total + value * value, 0));
}
