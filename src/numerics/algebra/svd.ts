import { orthogonaliseColumns } from './jacobi.ts';
import {
  beside,
  columnsOf,
  identity,
  largestMagnitude,
  type Matrix,
  pickColumns,
  scale,
  scaleColumns,
  transpose,
  zeros,
} from './matrix.ts';
import { factorQr, multiplyByQ, upperTriangle } from './qr.ts';

/**
 * A = U·diag(s)·Vᵀ with p = min(rows, columns): U is rows × p, V is columns × p, both with orthonormal columns
 * whatever A's rank is; s descends and has no negative.
 */
export type Svd = { readonly u: Matrix; readonly s: Float64Array; readonly v: Matrix };

/** Of any shape, any rank and any size. A RangeError when a value is NaN or infinite. */
export function svd(a: Matrix): Svd {
  const { left, s, right } = decompose(a, true);
  return a.rows >= a.columns ? { u: left, s, v: right } : { u: right, s, v: left };
}

/** s and V alone, which costs less where A is at least as tall as wide. */
export function rightSvd(a: Matrix): Omit<Svd, 'u'> {
  const isTall = a.rows >= a.columns;
  const { left, s, right } = decompose(a, !isTall);
  return { s, v: isTall ? right : left };
}

/**
 * Of A, or of its transpose where A is wide: A = Q·R, and Jacobi turns Rᵀ into V·diag(s) by rotations W, so
 * that A = (Q·W)·diag(s)·Vᵀ. Rᵀ needs fewer sweeps than A (Drmač and Veselić, SIAM J. Matrix Anal. Appl. 29(4),
 * 2008), all the more when singular values decay, and is no larger than A's smaller side.
 */
function decompose(a: Matrix, wantsLeft: boolean) {
  const largest = largestMagnitude(a, 'The matrix');
  // To about 1, by a power of two, so that it rounds nothing.
  const factor = 2 ** -Math.max(-1000, Math.floor(Math.log2(largest)));
  const scaled = scale(a, factor);
  const qr = factorQr(a.rows >= a.columns ? scaled : transpose(scaled));
  const x = transpose(upperTriangle(qr));
  const w = wantsLeft ? identity(x.columns) : null;
  const lengths = orthogonaliseColumns(x, w);
  const order = [...lengths.keys()].sort((i, j) => lengths[j] - lengths[i]);
  const sorted = Float64Array.from(order, (j) => lengths[j]);
  const right = orthonormal(pickColumns(x, order), sorted);
  const left = w ? multiplyByQ(qr, pickColumns(w, order)) : zeros(0, 0);
  const s = sorted.map((length) => length / factor);
  if (s[0] === Infinity) throw new RangeError('The matrix is too large for its singular values');
  return { left, s, right };
}

/** Orthogonal columns of these lengths, descending, made 1 long; those of length 0 are replaced. */
function orthonormal(x: Matrix, lengths: Float64Array): Matrix {
  const inverses = lengths.map((length) => 1 / length);
  const known = lengths.indexOf(0);
  if (known === -1) return scaleColumns(x, inverses);
  const basis = scaleColumns(columnsOf(x, 0, known), inverses);
  const others = columnsOf(identity(x.rows), known, x.columns);
  return beside(x.rows, [basis, multiplyByQ(factorQr(basis), others)]);
}
