import { gaussianMatrix } from '../numerics/algebra/gaussian.ts';
import { columnsOf, type Matrix, scaleColumns } from '../numerics/algebra/matrix.ts';
import { multiply } from '../numerics/algebra/product.ts';
import { factorQr, thinQ } from '../numerics/algebra/qr.ts';
import { type Svd, svd } from '../numerics/algebra/svd.ts';
import { type Balance, balanced } from './balance.ts';
import type { Factors } from './factors.ts';
import { matrixOf, type Operator } from './operator.ts';
import { checkRank, energyCurve } from './spectrum.ts';

/** A smaller side up to this is not worth approximating. */
const EXACT_UP_TO = 128;

export type RangeFinderOptions = {
  readonly rank: number;
  /** Random columns beyond the rank; 3 at least. */
  readonly oversampling?: number;
  /** Power iterations: how often A·Aᵀ is applied to what was found. */
  readonly iterations?: number;
  readonly seed?: number;
};

/** The largest singular values and their vectors, as many as there were random columns. */
export type Approximation = Svd & {
  /**
   * The share of the energy that each rank keeps, Σ_{j≤k} sⱼ² / ‖A‖²_F. Known, not estimated: what the first k
   * leave out has the squared norm ‖A‖²_F − Σ_{j≤k} sⱼ², however well they were found.
   */
  readonly kept: Float64Array;
  /**
   * The spectral norm of what rank `rank` leaves out is expected to be at most this many times the best one
   * possible, σ_{rank+1}; 1 when the SVD is exact.
   */
  readonly bound: number;
};

/**
 * The SVD of a matrix of full rank, by products alone: randomised subspace iteration, orthonormal after
 * every product (Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 53(2), 2011:
 * algorithms 4.4 and 5.1). It takes 2 + 2·iterations products with rank + oversampling columns. Exact where
 * the smaller side is at most 128 or not above that number of columns. Singular values are never too large.
 */
export async function approximateSvd(
  operator: Operator,
  { rank, oversampling = 10, iterations = 2, seed = 0 }: RangeFinderOptions,
): Promise<Approximation> {
  checkRank(rank);
  if (!(oversampling >= 3)) throw new RangeError(`Oversampling is 3 at least, not ${oversampling}`);
  const energy = await operator.squaredNorm();
  const side = Math.min(operator.rows, operator.columns);
  const width = rank + oversampling;
  if (side <= Math.max(EXACT_UP_TO, width)) {
    const exact = svd(await matrixOf(operator));
    return { ...exact, kept: energyCurve(exact.s, energy), bound: 1 };
  }
  const noise = gaussianMatrix(operator.columns, width, seed);
  let q = basisOf(await operator.multiply(noise));
  for (let iteration = 0; iteration < iterations; iteration++) {
    const rowSpace = basisOf(await operator.multiplyTransposed(q));
    q = basisOf(await operator.multiply(rowSpace));
  }
  // (Qᵀ·A)ᵀ = V·diag(s)·Wᵀ, so that A ≈ Q·Qᵀ·A = (Q·W)·diag(s)·Vᵀ.
  const { u: v, s, v: w } = svd(await operator.multiplyTransposed(q));
  const bound = expectedBound(rank, width, iterations, side);
  return { u: multiply(q, w), s, v, kept: energyCurve(s, energy), bound };
}

/** The adapter of the first `rank` singular values; fewer when there are fewer. */
export function adapterOf({ u, s, v }: Svd, rank: number, balance: Balance): Factors {
  checkRank(rank);
  const k = Math.min(rank, s.length);
  return balanced({ b: scaleColumns(columnsOf(u, 0, k), s), a: columnsOf(v, 0, k) }, balance);
}

const basisOf = (a: Matrix) => thinQ(factorQr(a));

/**
 * Corollary 10.10 of the paper, with tails as long as they can be, plus the 1 of theorem 9.3 for cutting what
 * was found to the rank. The corollary begins at rank 2; σ₃ ≤ σ₂ makes it hold for rank 1.
 */
function expectedBound(rank: number, width: number, iterations: number, side: number): number {
  const k = Math.max(2, rank);
  const p = width - k;
  const tail = (Math.E * Math.sqrt(width) * Math.sqrt(side - k)) / p;
  return 1 + (1 + Math.sqrt(k / (p - 1)) + tail) ** (1 / (2 * iterations + 1));
}
