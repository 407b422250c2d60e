import { type Matrix, transpose } from './algebra/matrix.ts';

/**
 * The factors of a low-rank update ΔW = B·A, both tall, so that loops run down their columns: `b` is out × r,
 * and `a` is in × r, the transpose of A. The rank r may be 0, and may be larger than out and in.
 */
export type Factors = { readonly b: Matrix; readonly a: Matrix };

/** One adapter's part in a sum: weight·B·A. The adapter's own scale is in the weight. */
export type Term = Factors & { readonly weight: number };

export type Sides = { readonly outputs: number; readonly inputs: number; readonly rank: number };

/** Factors as files hold them, row after row: B of shape [outputs, rank], A of shape [rank, inputs]. */
export type FactorTensors = { readonly b: Float32Array; readonly a: Float32Array };

/** Exact. A RangeError when the lengths are not those of the sides. */
export function fromTensors({ b, a }: FactorTensors, { outputs, inputs, rank }: Sides): Factors {
  if (b.length !== outputs * rank || a.length !== rank * inputs) {
    throw new RangeError(
      `B has ${b.length} values and A has ${a.length}; rank ${rank}, ${outputs} outputs and ${inputs} inputs ask for ${outputs * rank} and ${rank * inputs}`,
    );
  }
  return {
    b: transpose({ rows: rank, columns: outputs, values: Float64Array.from(b) }),
    a: { rows: inputs, columns: rank, values: Float64Array.from(a) },
  };
}

/** Rounded once, to f32. */
export function toTensors({ b, a }: Factors): FactorTensors {
  return { b: Float32Array.from(transpose(b).values), a: Float32Array.from(a.values) };
}
