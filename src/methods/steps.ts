/**
 * Steps of the arithmetic over a whole block. Storing a result in a Float32Array rounds it to f32, so
 * every step is f32; `settle` rounds it further where a dialect computes in the tensor's dtype. Plain
 * loops, one model at a time, without calls inside: what a JavaScript engine turns into fast code. Where
 * a loop is short it takes four elements at a time, loads first, since its overhead is as large as its
 * arithmetic.
 */
import { settle } from '../numerics/round.ts';
import type { At, Round } from './method.ts';

/** out = a − b. A task vector is this, model − base. */
export function subtract(a: Float32Array, b: Float32Array, out: Float32Array, round: Round): void {
  const whole = out.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const first = a[i] - b[i];
    const second = a[i + 1] - b[i + 1];
    const third = a[i + 2] - b[i + 2];
    const fourth = a[i + 3] - b[i + 3];
    out[i] = first;
    out[i + 1] = second;
    out[i + 2] = third;
    out[i + 3] = fourth;
  }
  for (let i = whole; i < out.length; i++) out[i] = a[i] - b[i];
  settle(out, round);
}

/** Every model's task vector in a block. */
export function taskVectors(
  x: readonly Float32Array[],
  base: Float32Array,
  { round, space }: Pick<At, 'round' | 'space'>,
): readonly Float32Array[] {
  return x.map((model) => {
    const tau = space.take(base.length);
    subtract(model, base, tau, round);
    return tau;
  });
}

/** values ·= factor. */
export function scale(values: Float32Array, factor: number, round: Round): void {
  if (factor === 1) return;
  for (let i = 0; i < values.length; i++) values[i] *= factor;
  settle(values, round);
}

/** values ÷= divisor. */
export function divide(values: Float32Array, divisor: number, round: Round): void {
  if (divisor === 1) return;
  for (let i = 0; i < values.length; i++) values[i] /= divisor;
  settle(values, round);
}

/** out = Σ wₖ · aₖ, in model order; the sum is settled once, at its end. `weights` are rounded already. */
export function weightedSum(
  a: readonly Float32Array[],
  weights: Float64Array,
  { round, space }: Pick<At, 'round' | 'space'>,
  out: Float32Array,
): void {
  const product = space.take(out.length);
  out.fill(0);
  for (let k = 0; k < a.length; k++) addProduct(a[k], weights[k], round, product, out);
  settle(out, round);
}

/** product = a · weight, one step; sum += product, the next. */
export function addProduct(
  a: Float32Array,
  weight: number,
  round: Round,
  product: Float32Array,
  sum: Float32Array,
): void {
  if (round !== Math.fround) {
    for (let i = 0; i < sum.length; i++) product[i] = a[i] * weight;
    settle(product, round);
    for (let i = 0; i < sum.length; i++) sum[i] += product[i];
    return;
  }
  const whole = sum.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const first = Math.fround(a[i] * weight);
    const second = Math.fround(a[i + 1] * weight);
    const third = Math.fround(a[i + 2] * weight);
    const fourth = Math.fround(a[i + 3] * weight);
    product[i] = first;
    product[i + 1] = second;
    product[i + 2] = third;
    product[i + 3] = fourth;
    sum[i] += first;
    sum[i + 1] += second;
    sum[i + 2] += third;
    sum[i + 3] += fourth;
  }
  for (let i = whole; i < sum.length; i++) {
    product[i] = a[i] * weight;
    sum[i] += product[i];
  }
}

/**
 * out = base + change · λ: the last step of every task-vector method. λ is one number and not a tensor: it
 * stays f32 whatever the working dtype, as in a tensor library. Changes `change`.
 */
export function addChange(
  base: Float32Array,
  change: Float32Array,
  lambda: number,
  round: Round,
  out: Float32Array,
): void {
  scale(change, lambda, round);
  for (let i = 0; i < out.length; i++) out[i] = base[i] + change[i];
  settle(out, round);
}
