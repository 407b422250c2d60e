/**
 * TIES step 1: keep the largest elements of a task vector, exactly k of them, the lowest index first
 * among equals. The same step over four elements is `shaders/lib/trim.wgsl`.
 */
import type { Round } from './method.ts';

export type Trims = {
  readonly weight: Float64Array;
  readonly magnitude: Float64Array;
  /** First index that is not kept among those equal to `magnitude`. */
  readonly cut: Float64Array;
  readonly scale: Float64Array;
};

/** Reads what `trimCoefficients` wrote: `stride` numbers a model, the first at `from`. */
export function readTrims(
  c: Float32Array,
  from: number,
  stride: number,
  models: number,
  round: Round,
): Trims {
  const column = (offset: number) =>
    Float64Array.from({ length: models }, (_, k) => c[from + stride * k + offset]);
  const high = column(2);
  const low = column(3);
  return {
    weight: column(0).map(round),
    magnitude: column(1),
    cut: high.map((half, k) => half * 65536 + low[k]),
    scale: column(4).map(round),
  };
}

/** What is left of element `index` of model k's task vector. NaN stays, whatever the magnitude. */
export function trimmed(trims: Trims, k: number, tau: number, index: number, round: Round): number {
  const size = Math.abs(tau);
  const limit = trims.magnitude[k];
  if (size < limit || (size === limit && index >= trims.cut[k])) return 0;
  return round(tau * trims.scale[k]);
}
