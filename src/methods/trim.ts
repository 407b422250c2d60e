/**
 * TIES step 1: keep the largest elements of a task vector, exactly k of them, the lowest index first
 * among equals. The same step over four elements is `shaders/lib/trim.wgsl`.
 */
import type { At, Round } from './method.ts';
import { scale, scratch } from './steps.ts';

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

/** What is left of every model's task vector in a block. NaN stays, whatever the magnitude. */
export function trimmedTaskVectors(
  x: readonly Float32Array[],
  base: Float32Array,
  { magnitude, cut, scale: factor }: Trims,
  { round, start }: Pick<At, 'round' | 'start'>,
): readonly Float32Array[] {
  return x.map((model, k) => {
    const kept = scratch(`task vector ${k}`, base.length);
    trim(model, base, magnitude[k], cut[k] - start, round, kept);
    scale(kept, factor[k], round);
    return kept;
  });
}

function trim(
  model: Float32Array,
  base: Float32Array,
  limit: number,
  firstDropped: number,
  round: Round,
  kept: Float32Array,
): void {
  for (let i = 0; i < kept.length; i++) {
    const tau = round(model[i] - base[i]);
    const size = Math.abs(tau);
    kept[i] = size < limit || (size === limit && i >= firstDropped) ? 0 : tau;
  }
}
