import type { Matrix } from '../../formats/update.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';

export type Shape = { readonly rows: number; readonly columns: number };

/** Rows and columns of a matrix. Throws where those of its parts do not fit together. */
export function shapeOf(matrix: Matrix): Shape {
  switch (matrix.kind) {
    case 'stored':
      return { rows: matrix.rows, columns: matrix.columns };
    case 'product': {
      const [left, right] = [shapeOf(matrix.left), shapeOf(matrix.right)];
      if (left.columns !== right.rows) misfit('product', left, right);
      return { rows: left.rows, columns: right.columns };
    }
    case 'hadamard': {
      const [left, right] = [shapeOf(matrix.left), shapeOf(matrix.right)];
      if (left.rows !== right.rows || left.columns !== right.columns)
        misfit('hadamard', left, right);
      return left;
    }
    case 'kronecker': {
      const [left, right] = [shapeOf(matrix.left), shapeOf(matrix.right)];
      return { rows: left.rows * right.rows, columns: left.columns * right.columns };
    }
    case 'tucker': {
      const [left, core, right] = [
        shapeOf(matrix.left),
        shapeOf(matrix.core),
        shapeOf(matrix.right),
      ];
      if (left.columns !== core.rows) misfit('tucker', left, core);
      if (core.columns !== right.rows * matrix.kernel) misfit('tucker', core, right);
      return { rows: left.rows, columns: right.columns * matrix.kernel };
    }
    case 'stacked':
      return stackedShape(matrix);
    case 'rows': {
      const of = shapeOf(matrix.of);
      if (!(0 <= matrix.from && matrix.from <= matrix.to && matrix.to <= of.rows)) {
        throw new Error(`rows ${matrix.from} to ${matrix.to} of a matrix of ${of.rows}`);
      }
      return { rows: matrix.to - matrix.from, columns: of.columns };
    }
    case 'reshaped': {
      const of = shapeOf(matrix.of);
      if (of.rows * of.columns !== matrix.rows * matrix.columns) misfit('reshaped', of, matrix);
      return { rows: matrix.rows, columns: matrix.columns };
    }
    case 'scaled':
      return shapeOf(matrix.of);
    default:
      return matrix satisfies never;
  }
}

function stackedShape({ parts }: Matrix & { kind: 'stacked' }): Shape {
  let columns: number | null = null;
  let rows = 0;
  for (const part of parts) {
    rows += part.rows;
    if (part.matrix === null) continue;
    const shape = shapeOf(part.matrix);
    if (shape.rows !== part.rows) misfit('stacked', shape, { ...shape, rows: part.rows });
    if (columns !== null && shape.columns !== columns)
      misfit('stacked', shape, { ...shape, columns });
    columns = shape.columns;
  }
  if (columns === null) throw new Error('stacked: nothing but zeros');
  return { rows, columns };
}

function misfit(kind: string, one: Shape, other: Shape): never {
  const [a, b] = [one, other].map(({ rows, columns }) => `${rows} × ${columns}`);
  throw new Error(`${kind}: ${a} and ${b} do not fit together`);
}

/** Elements of the longest row that is formed on the way to a row of a matrix. */
export function widthOf(matrix: Matrix): number {
  const { columns } = shapeOf(matrix);
  switch (matrix.kind) {
    case 'stored':
      return columns;
    case 'product':
      return Math.max(columns, widthOf(matrix.left));
    case 'hadamard':
      return Math.max(widthOf(matrix.left), widthOf(matrix.right));
    case 'kronecker':
      return Math.max(columns, widthOf(matrix.left), widthOf(matrix.right));
    case 'tucker':
      return Math.max(columns, shapeOf(matrix.core).columns, widthOf(matrix.left));
    case 'stacked':
      return Math.max(
        ...matrix.parts.map((part) => (part.matrix ? widthOf(part.matrix) : columns)),
      );
    case 'rows':
    case 'reshaped':
    case 'scaled':
      return Math.max(columns, widthOf(matrix.of));
    default:
      return matrix satisfies never;
  }
}

/** Told of bytes of an input, counted from its begin. */
export type Need = (input: number, begin: number, end: number) => void;

/**
 * What rows [from, to) need of the inputs: rows of what stands on the left, all of what stands on the right
 * and of what is stored column by column.
 */
export function needRows(matrix: Matrix, from: number, to: number, need: Need): void {
  if (from >= to) return;
  switch (matrix.kind) {
    case 'stored': {
      const { input, dtype, rows, columns, transposed } = matrix;
      const size = bytesPerElement(dtype);
      if (columns === 0) return;
      if (!transposed) need(input, from * columns * size, to * columns * size);
      else need(input, from * size, ((columns - 1) * rows + to) * size);
      return;
    }
    case 'product':
      needRows(matrix.left, from, to, need);
      needAll(matrix.right, need);
      return;
    case 'hadamard':
      needRows(matrix.left, from, to, need);
      needRows(matrix.right, from, to, need);
      return;
    case 'kronecker': {
      const height = shapeOf(matrix.right).rows;
      needRows(matrix.left, Math.floor(from / height), Math.ceil(to / height), need);
      if (shapeOf(matrix.left).rows === 1) needRows(matrix.right, from, to, need);
      else needAll(matrix.right, need);
      return;
    }
    case 'tucker':
      needRows(matrix.left, from, to, need);
      needAll(matrix.core, need);
      needAll(matrix.right, need);
      return;
    case 'stacked': {
      let before = 0;
      for (const { rows, matrix: part } of matrix.parts) {
        const [begin, end] = [Math.max(from - before, 0), Math.min(to - before, rows)];
        if (part) needRows(part, begin, end, need);
        before += rows;
      }
      return;
    }
    case 'rows':
      needRows(matrix.of, matrix.from + from, matrix.from + to, need);
      return;
    case 'reshaped': {
      const { columns } = shapeOf(matrix.of);
      const [begin, end] = [from * matrix.columns, to * matrix.columns];
      needRows(matrix.of, Math.floor(begin / columns), Math.ceil(end / columns), need);
      return;
    }
    case 'scaled':
      needRows(matrix.of, from, to, need);
      return;
    default:
      matrix satisfies never;
  }
}

function needAll(matrix: Matrix, need: Need): void {
  needRows(matrix, 0, shapeOf(matrix).rows, need);
}
