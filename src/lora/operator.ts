import { identity, lengthOf, type Matrix, transpose } from '../numerics/algebra/matrix.ts';
import { multiply, multiplyTransposed } from '../numerics/algebra/product.ts';

/** A matrix that is known by its products alone, wherever it lies and whoever computes them. */
export interface Operator {
  readonly rows: number;
  readonly columns: number;
  /** Σ aᵢⱼ². */
  squaredNorm(): Promise<number>;
  /** A·X for X of `columns` rows. */
  multiply(x: Matrix): Promise<Matrix>;
  /** Aᵀ·X for X of `rows` rows. */
  multiplyTransposed(x: Matrix): Promise<Matrix>;
}

export function operatorOf(a: Matrix): Operator {
  return {
    rows: a.rows,
    columns: a.columns,
    squaredNorm: async () => lengthOf(a.values) ** 2,
    multiply: async (x) => multiply(a, x),
    multiplyTransposed: async (x) => multiplyTransposed(a, x),
  };
}

/** The matrix itself, by as few products as its smaller side has columns. */
export async function matrixOf(operator: Operator): Promise<Matrix> {
  const { rows, columns } = operator;
  if (columns <= rows) return operator.multiply(identity(columns));
  return transpose(await operator.multiplyTransposed(identity(rows)));
}
