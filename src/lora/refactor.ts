import { columnsOf, type Matrix, transpose } from '../numerics/algebra/matrix.ts';
import { multiply, multiplyTransposed } from '../numerics/algebra/product.ts';
import { factorQr, multiplyByQ, type Qr, upperTriangle } from '../numerics/algebra/qr.ts';
import { rightSvd } from '../numerics/algebra/svd.ts';
import { type Balance, balanced } from './balance.ts';
import { concatenate } from './concatenate.ts';
import type { Factors, Term } from './factors.ts';
import { checkRank } from './spectrum.ts';

/**
 * The best adapter of a chosen rank for a weighted sum of adapters, without ever forming the sum. With
 * [wB …] = Q_b·R_b and [Aᵀ …] = Q_a·R_a, ΔW = Q_b·(R_b·R_aᵀ)·Q_aᵀ: the small core has ΔW's singular values.
 * Exact, and by Eckart and Young (Psychometrika 1, 1936) nothing of that rank is nearer to ΔW.
 */
export type DecomposedSum = {
  /** All singular values of the sum but those that must be 0, descending: min(outputs, inputs, Σr) of them. */
  readonly spectrum: Float64Array;
  /** [wB …], outputs × Σr. */
  readonly b: Matrix;
  readonly qrOfA: Qr;
  /** The core's right singular vectors. */
  readonly v: Matrix;
};

/** Errors as those of `concatenate`. */
export function decomposeSum(terms: readonly Term[]): DecomposedSum {
  const { b, a } = concatenate(terms, 'b');
  const qrOfA = factorQr(a);
  const core = multiply(upperTriangle(factorQr(b)), transpose(upperTriangle(qrOfA)));
  const { s, v } = rightSvd(core);
  return { spectrum: s, b, qrOfA, v };
}

/**
 * The sum cut to `rank`, or to as many singular values as it has when those are fewer. With balance 'b' the
 * rows of A are orthonormal and the columns of B as long as the singular values; with 'even' both are √σ long.
 */
export function truncate(sum: DecomposedSum, rank: number, balance: Balance): Factors {
  checkRank(rank);
  const v = columnsOf(sum.v, 0, Math.min(rank, sum.spectrum.length));
  const a = multiplyByQ(sum.qrOfA, v);
  // ΔW·Aᵀ, and ΔW = [wB …]·R_aᵀ·Q_aᵀ: no basis of B's range is needed.
  const b = multiply(sum.b, multiplyTransposed(upperTriangle(sum.qrOfA), v));
  return balanced({ b, a }, balance);
}
