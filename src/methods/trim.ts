/**
 * TIES step 1: keep the largest elements of a task vector, exactly k of them, the lowest index first
 * among equals. The same step over four elements is `shaders/lib/trim.wgsl`.
 */
import type { Lists } from './coefficients.ts';
import type { At } from './method.ts';
import { scale, taskVectors } from './steps.ts';
import type { trimCoefficients } from './task-vectors.ts';

/** What is left of every model's task vector in a block. NaN stays, whatever the magnitude. */
export function trimmedTaskVectors(
  x: readonly Float32Array[],
  base: Float32Array,
  { magnitude, cut, rescale }: Trims,
  at: At,
): readonly Float32Array[] {
  return taskVectors(x, base, at).map((tau, k) => {
    trim(tau, magnitude[k], cut[k] - at.start);
    scale(tau, rescale[k], at.round);
    return tau;
  });
}

type Trims = Omit<Lists<typeof trimCoefficients>, 'weight'>;

/**
 * Zeroes what is smaller than `magnitude`, and what equals it from index `firstDropped` on. Magnitudes
 * of floats are ordered as their bit patterns are; comparing those needs no branch, which a processor
 * would guess wrong once in every few elements.
 */
export function trim(tau: Float32Array, magnitude: number, firstDropped: number): void {
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
