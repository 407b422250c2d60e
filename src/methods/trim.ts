/**
 * TIES step 1: keep the largest elements of a task vector, exactly k of them, the lowest index first
 * among equals. The same step over four elements is `shaders/lib/trim.wgsl`.
 */
import type { At, Round } from './method.ts';
import { scale, scratch, subtract } from './steps.ts';

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
    scale: column(4),
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
    const tau = scratch(`task vector ${k}`, base.length);
    subtract(model, base, tau, round);
    trim(tau, magnitude[k], cut[k] - start);
    scale(tau, factor[k], round);
    return tau;
  });
}

/**
 * Zeroes what is smaller than `magnitude`, and what equals it from index `firstDropped` on. Magnitudes
 * of floats are ordered as their bit patterns are; comparing those needs no branch, which a processor
 * would guess wrong once in every few elements.
 */
function trim(tau: Float32Array, magnitude: number, firstDropped: number): void {
  const bits = new Int32Array(tau.buffer, tau.byteOffset, tau.length);
  const limit = new Int32Array(Float32Array.of(magnitude).buffer)[0];
  const border = Math.min(Math.max(firstDropped, 0), tau.length);
  zeroBelow(bits.subarray(0, border), limit);
  zeroBelow(bits.subarray(border), limit + 1);
}

function zeroBelow(bits: Int32Array, limit: number): void {
  const below = limit - 1;
  for (let i = 0; i < bits.length; i++) {
    const isKept = (below - (bits[i] & 0x7fffffff)) >> 31; // all ones, or all zeros
    bits[i] &= isKept;
  }
}
