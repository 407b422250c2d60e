/**
 * One element of what an update makes of a weight, by plain loops over stored elements: each step in f32, every
 * sum from zero in ascending order. No value is shared with what computes planes.
 */
import type { Matrix, UpdateFormula } from '../../../formats/update.ts';
import { shapeOf } from '../../tensor/matrix-needs.ts';

/** Element `index` of a stored input, as f32. */
export type Stored = (input: number, index: number) => number;

const f32 = Math.fround;

/** Element (i, j) of a matrix. */
export function elementOf(matrix: Matrix, i: number, j: number, stored: Stored): number {
  switch (matrix.kind) {
    case 'stored':
      return stored(matrix.input, matrix.transposed ? j * matrix.rows + i : i * matrix.columns + j);
    case 'product': {
      let sum = 0;
      for (let k = 0, depth = shapeOf(matrix.right).rows; k < depth; k++) {
        const left = elementOf(matrix.left, i, k, stored);
        sum = f32(sum + f32(left * elementOf(matrix.right, k, j, stored)));
      }
      return sum;
    }
    case 'hadamard':
      return f32(elementOf(matrix.left, i, j, stored) * elementOf(matrix.right, i, j, stored));
    case 'kronecker': {
      const { rows: height, columns: width } = shapeOf(matrix.right);
      const factor = elementOf(matrix.left, Math.floor(i / height), Math.floor(j / width), stored);
      return f32(factor * elementOf(matrix.right, i % height, j % width, stored));
    }
    case 'tucker': {
      const { left, core, right, kernel } = matrix;
      const [input, place] = [Math.floor(j / kernel), j % kernel];
      const [outer, inner] = [shapeOf(core).rows, shapeOf(right).rows];
      let sum = 0;
      for (let q = 0; q < inner; q++) {
        let half = 0;
        for (let p = 0; p < outer; p++) {
          const factor = elementOf(left, i, p, stored);
          half = f32(half + f32(factor * elementOf(core, p, q * kernel + place, stored)));
        }
        sum = f32(sum + f32(half * elementOf(right, q, input, stored)));
      }
      return sum;
    }
    case 'stacked': {
      let row = i;
      for (const { rows, matrix: part } of matrix.parts) {
        if (row < rows) return part === null ? 0 : elementOf(part, row, j, stored);
        row -= rows;
      }
      throw new Error(`no row ${i} in a stacked matrix`);
    }
    case 'rows':
      return elementOf(matrix.of, matrix.from + i, j, stored);
    case 'reshaped': {
      const flat = i * matrix.columns + j;
      const width = shapeOf(matrix.of).columns;
      return elementOf(matrix.of, Math.floor(flat / width), flat % width, stored);
    }
    case 'scaled':
      return f32(elementOf(matrix.of, i, j, stored) * f32(matrix.by));
    default:
      return matrix satisfies never;
  }
}

/**
 * Element `index` of base + scale · matrix, the base being input `base`; with DoRA's magnitudes each row or column
 * v of that becomes v · (m / ‖v‖), the norm summed in f64.
 */
export function updatedElement(
  formula: UpdateFormula,
  base: number,
  index: number,
  stored: Stored,
  norms: Map<number, number>,
): number {
  const [, rows, columns] = formula.sizes;
  const { matrix, magnitudes } = formula;
  const scale = f32(formula.scale);
  const plain = (i: number, j: number) => {
    const update = f32(elementOf(matrix, i, j, stored) * scale);
    return formula.base === null ? update : f32(stored(base, i * columns + j) + update);
  };
  const [i, j] = [Math.floor(index / columns), index % columns];
  if (magnitudes === null) return plain(i, j);
  const byRow = magnitudes.per === 'row';
  const line = byRow ? i : j;
  let norm = norms.get(line);
  if (norm === undefined) {
    let squares = 0;
    for (let k = 0; k < (byRow ? columns : rows); k++) {
      squares += (byRow ? plain(i, k) : plain(k, j)) ** 2;
    }
    norm = Math.sqrt(squares);
    norms.set(line, norm);
  }
  return f32(plain(i, j) * f32(stored(magnitudes.input, line) / norm));
}
