/**
 * Steps of the arithmetic over a whole block. Every intermediate result goes through `round`, which is
 * `Math.fround` unless a dialect computes in the tensor's dtype; a sum is rounded to f32 as it grows, by
 * being stored in a Float32Array, and settled once at its end. Plain loops over typed arrays, one model
 * at a time, because that is what a JavaScript engine turns into fast code.
 */
import type { Round } from './method.ts';

/** Rounds every element to the working precision; f32 is what a Float32Array holds anyway. */
export function settle(values: Float32Array, round: Round): void {
  if (round === Math.fround) return;
  for (let i = 0; i < values.length; i++) values[i] = round(values[i]);
}

/** out = a − b. A task vector is this, model − base. */
export function subtract(a: Float32Array, b: Float32Array, out: Float32Array, round: Round): void {
  for (let i = 0; i < out.length; i++) out[i] = round(a[i] - b[i]);
}

/** values ·= factor. */
export function scale(values: Float32Array, factor: number, round: Round): void {
  if (factor === 1) return;
  for (let i = 0; i < values.length; i++) values[i] = round(values[i] * factor);
}

/** values ÷= divisor. */
export function divide(values: Float32Array, divisor: number, round: Round): void {
  if (divisor === 1) return;
  for (let i = 0; i < values.length; i++) values[i] = round(values[i] / divisor);
}

/** out = Σ wₖ · aₖ, in model order. */
export function weightedSum(
  a: readonly Float32Array[],
  weights: Float64Array,
  round: Round,
  out: Float32Array,
): void {
  out.fill(0);
  for (let k = 0; k < a.length; k++) addProduct(a[k], weights[k], round, out);
  settle(out, round);
}

function addProduct(a: Float32Array, weight: number, round: Round, sum: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += round(a[i] * weight);
}

/** out = base + change · λ: the last step of every task-vector method. */
export function addChange(
  base: Float32Array,
  change: Float32Array,
  lambda: number,
  round: Round,
  out: Float32Array,
): void {
  for (let i = 0; i < out.length; i++) out[i] = round(base[i] + round(change[i] * lambda));
}

const pool = new Map<string, Float32Array>();

/** Room for intermediate results, used again by the next block. Holds anything at first. */
export function scratch(name: string, length: number): Float32Array {
  const room = pool.get(name);
  if (room && room.length >= length) return room.subarray(0, length);
  const larger = new Float32Array(length);
  pool.set(name, larger);
  return larger;
}
