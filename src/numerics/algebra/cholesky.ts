import { type Matrix, zeros } from './matrix.ts';

/** Diagonals further apart than this leave too few digits of what G was made from. */
const LEAST = 1e-5;

/**
 * R, upper triangular, with RᵀR = G, symmetric. Null where G is not clearly positive: where its columns depend on each
 * other, or nearly so.
 */
export function cholesky({ rows: n, values: g }: Matrix): Matrix | null {
  const r = zeros(n, n);
  let [smallest, largest] = [Number.POSITIVE_INFINITY, 0];
  for (let j = 0; j < n; j++) {
    for (let i = 0; i <= j; i++) {
      let sum = g[j * n + i];
      for (let k = 0; k < i; k++) sum -= r.values[i * n + k] * r.values[j * n + k];
      if (i < j) r.values[j * n + i] = sum / r.values[i * n + i];
      else {
        const own = Math.sqrt(sum);
        [smallest, largest] = [Math.min(smallest, own), Math.max(largest, own)];
        // Written so that NaN, the root of a negative, is refused as well.
        if (!(smallest > LEAST * largest)) return null;
        r.values[j * n + j] = own;
      }
    }
  }
  return r;
}
