import type { Matrix } from '../numerics/algebra/matrix.ts';

/**
 * The factors of a low-rank update ΔW = B·A, both tall, so that loops run down their columns: `b` is out × r,
 * and `a` is in × r, the transpose of A. The rank r may be 0, and may be larger than out and in.
 */
export type Factors = { readonly b: Matrix; readonly a: Matrix };

/** One adapter's part in a sum: weight·B·A. The adapter's own scale is in the weight. */
export type Term = Factors & { readonly weight: number };
