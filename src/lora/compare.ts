import { columnsOf, type Matrix, transpose, zeros } from '../numerics/algebra/matrix.ts';
import { multiply } from '../numerics/algebra/product.ts';
import { factorQr, upperTriangle } from '../numerics/algebra/qr.ts';
import { concatenate } from './concatenate.ts';
import type { Factors } from './factors.ts';

/**
 * ⟨ΔWᵢ, ΔWⱼ⟩ = Σ of the products of their elements, for updates of one module; the diagonal holds squared
 * Frobenius norms. In the bases of all their factors together every update is a small matrix, so no product
 * B·A is formed and small norms keep their digits. Sums over modules are those of whole adapters. At least
 * one update; errors as those of `concatenate`.
 */
export function innerProducts(updates: readonly Factors[]): Matrix {
  const { b, a } = concatenate(
    updates.map((update) => ({ ...update, weight: 1 })),
    'a',
  );
  const [rb, ra] = [b, a].map((factor) => upperTriangle(factorQr(factor)));
  let from = 0;
  const cores = updates.map((update) => {
    const to = from + update.b.columns;
    const core = multiply(columnsOf(rb, from, to), transpose(columnsOf(ra, from, to)));
    from = to;
    return core.values;
  });
  const result = zeros(cores.length, cores.length);
  for (const [i, left] of cores.entries()) {
    for (const [j, right] of cores.entries()) {
      result.values[j * cores.length + i] = left.reduce((sum, x, at) => sum + x * right[at], 0);
    }
  }
  return result;
}

/** The cosine of every two updates, −1 … 1; NaN where one is zero and has no direction. */
export function cosines({ rows, values }: Matrix): Matrix {
  const result = zeros(rows, rows);
  const norm = (i: number) => Math.sqrt(values[i * rows + i]);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < rows; i++) {
      const cosine = values[j * rows + i] / norm(i) / norm(j);
      result.values[j * rows + i] = Math.max(-1, Math.min(1, cosine));
    }
  }
  return result;
}
