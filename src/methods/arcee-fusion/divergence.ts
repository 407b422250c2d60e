import type { Round } from '../method.ts';

/** Added to every share (mergekit). */
const EPSILON = 1e-8;

/**
 * How far the softmax of one row has moved from that of the base: Σ p · log(p ÷ q), where p and q are the shares of
 * the model's and of the base's row. Where steps are rounded to 16 bits each is, as torch does; where they are f32
 * nothing is: the sum is far smaller than its terms, and what mergekit's own f32 leaves of it is often rounding alone.
 */
export function divergenceOf(x: Float32Array, base: Float32Array, round: Round): number {
  const step = round === Math.fround ? exactly : round;
  const p = sharesOf(x, step);
  const q = sharesOf(base, step);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += step(p[i] * step(Math.log(step(p[i] / q[i]))));
  return step(sum);
}

function sharesOf(row: Float32Array, step: Round): Float64Array {
  let most = row[0];
  // NaN is not larger than anything; it comes back in the sum.
  for (let i = 1; i < row.length; i++) if (row[i] > most) most = row[i];
  const shares = new Float64Array(row.length);
  let total = 0;
  for (let i = 0; i < row.length; i++) {
    shares[i] = Math.exp(row[i] - most);
    total += shares[i];
  }
  for (let i = 0; i < row.length; i++) shares[i] = step(step(shares[i] / total) + EPSILON);
  return shares;
}

function exactly(value: number): number {
  return value;
}
