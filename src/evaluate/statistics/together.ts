import type { Estimate } from './interval.ts';

/**
 * The mean of estimates from different items, whose errors are independent: the distances to the ends add in squares (MOVER:
 * Zou and Donner, Stat. Med. 27 (2008)). Null for none.
 */
export function together(estimates: readonly Estimate[]): Estimate | null {
  const n = estimates.length;
  if (n === 0) return null;
  const value = estimates.reduce((sum, each) => sum + each.value, 0) / n;
  const root = (sides: readonly number[]) =>
    Math.sqrt(sides.reduce((sum, side) => sum + side * side, 0)) / n;
  return {
    value,
    low: value - root(estimates.map((each) => each.value - each.low)),
    high: value + root(estimates.map((each) => each.high - each.value)),
  };
}
