import type { Factors } from './factors.ts';

/**
 * PEFT's `svd_clamp`, and the 0.99 of sd-scripts: no value of either factor beyond the quantile `q` of all
 * signed values of both, nor below its negative. It depends on the signs that the SVD happened to give, even
 * q = 1 cuts negatives, and a quantile below 0 makes every value that quantile: kept for parity only.
 */
export function clampFactors({ b, a }: Factors, q: number): Factors {
  const limit = quantile([b.values, a.values], q);
  // In this order, as torch does where the limits have changed places.
  const clamp = (value: number) => Math.min(Math.max(value, -limit), limit);
  return {
    b: { ...b, values: b.values.map(clamp) },
    a: { ...a, values: a.values.map(clamp) },
  };
}

/** Of all values together, 0 ≤ q ≤ 1, linear between neighbours; 0 when there are none. */
export function quantile(parts: readonly Float64Array[], q: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`A quantile lies between 0 and 1, not at ${q}`);
  const sorted = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    sorted.set(part, at);
    at += part.length;
  }
  if (sorted.length === 0) return 0;
  sorted.sort();
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below];
  const high = sorted[Math.min(below + 1, sorted.length - 1)];
  return low + (high - low) * (place - below);
}
