/** Means and differences with the interval that they lie in, as far as the items tell. */
import { noise } from '../../numerics/random.ts';
import { normalQuantile, studentQuantile } from './quantiles.ts';

/** A value between two ends; the ends are infinite where nothing can be said. */
export type Estimate = { readonly value: number; readonly low: number; readonly high: number };

/** How sure: an interval of this level holds the true value in 95 of 100 such experiments. */
export const usualLevel = 0.95;

/** Of a share of `all` items: Wilson, J. Am. Stat. Assoc. 22 (1927). NaN and everything from 0 to 1 for no items. */
export function proportion(right: number, all: number, level = usualLevel): Estimate {
  if (all === 0) return { value: Number.NaN, low: 0, high: 1 };
  const z = normalQuantile(0.5 + level / 2);
  const share = right / all;
  const centre = (share + (z * z) / (2 * all)) / (1 + (z * z) / all);
  const half =
    (z / (1 + (z * z) / all)) * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all));
  return {
    value: share,
    low: right === 0 ? 0 : centre - half,
    high: right === all ? 1 : centre + half,
  };
}

/** Of a mean of any numbers, by Student's t. One number has no ends. */
export function mean(values: readonly number[], level = usualLevel): Estimate {
  return ratio(
    values,
    values.map(() => 1),
    level,
  );
}

/**
 * Of Σ tops / Σ bottoms, as a loss per token over items of unequal length is: linearised (Cochran, Sampling Techniques,
 * 3rd edition, 6.4), with Student's t. Where all bottoms are equal it is the interval of a mean.
 */
export function ratio(
  tops: readonly number[],
  bottoms: readonly number[],
  level = usualLevel,
): Estimate {
  const n = tops.length;
  const bottom = sum(bottoms);
  const value = sum(tops) / bottom;
  if (n < 2 || !Number.isFinite(value)) return { value, low: -Infinity, high: Infinity };
  const squares = sum(tops.map((top, i) => (top - value * bottoms[i]) ** 2));
  const error = Math.sqrt((n / (n - 1)) * squares) / bottom;
  return around(value, studentQuantile(0.5 + level / 2, n - 1) * error);
}

/**
 * Of the difference of two shares on the same items: `gained` are right only in the first, `lost` only in the second. Agresti
 * and Min, Stat. Med. 24 (2005): half an item is added to each of the four cells for the ends, so that few items prove nothing.
 */
export function pairedProportions(
  gained: number,
  lost: number,
  all: number,
  level = usualLevel,
): Estimate {
  const [b, c, n] = [gained + 0.5, lost + 0.5, all + 2];
  const half = (normalQuantile(0.5 + level / 2) * Math.sqrt(b + c - (b - c) ** 2 / n)) / n;
  const { low, high } = around((b - c) / n, half);
  return { value: (gained - lost) / all, low: Math.max(-1, low), high: Math.min(1, high) };
}

/**
 * Of any number told by items: drawn anew with replacement, the same for the same seed; the ends are quantiles of what the
 * draws give (Efron's percentiles). Draws for which `of` tells nothing are left out.
 */
export function bootstrap(
  count: number,
  of: (items: readonly number[]) => number | null,
  { level = usualLevel, draws = 1000, seed = 12 } = {},
): Estimate {
  const value = of(Array.from({ length: count }, (_, i) => i)) ?? Number.NaN;
  const drawn: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const items = Array.from({ length: count }, (_, i) =>
      Math.floor((noise(seed, draw, 0, 0, i) / 2 ** 32) * count),
    );
    const told = of(items);
    if (told !== null && Number.isFinite(told)) drawn.push(told);
  }
  if (drawn.length === 0) return { value, low: -Infinity, high: Infinity };
  drawn.sort((a, b) => a - b);
  return { value, low: between(drawn, 0.5 - level / 2), high: between(drawn, 0.5 + level / 2) };
}

/** The quantile of sorted values, linear between neighbours. */
function between(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1);
  const left = Math.floor(at);
  const right = Math.min(left + 1, sorted.length - 1);
  return sorted[left] + (at - left) * (sorted[right] - sorted[left]);
}

const around = (value: number, half: number): Estimate => {
  return { value, low: value - half, high: value + half };
};

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
