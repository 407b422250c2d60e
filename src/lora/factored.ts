import type { Matrix, StoredMatrix } from '../formats/update.ts';

/** A product of two stored factors, times a number. */
export type Factored = {
  readonly left: StoredMatrix;
  readonly right: StoredMatrix;
  readonly by: number;
};

/** The two stored factors that a matrix is the product of; null for any other expression. */
export function factored(matrix: Matrix): Factored | null {
  if (matrix.kind === 'scaled') {
    const inner = factored(matrix.of);
    return inner && { ...inner, by: inner.by * matrix.by };
  }
  if (matrix.kind !== 'product') return null;
  const { left, right } = matrix;
  return left.kind === 'stored' && right.kind === 'stored' ? { left, right, by: 1 } : null;
}
