import type { Cut } from '../../numerics/select.ts';

/**
 * The cut of a small tensor whose magnitudes are all at hand, as bit patterns in the order of the elements:
 * what `MagnitudeSelect` finds, by sorting.
 */
export function cutOf(patterns: Uint32Array, count: number): Cut {
  const last = patterns.length - 1;
  if (count <= 0) return { magnitude: Number.POSITIVE_INFINITY, lastIndex: -1 };
  if (count > last) return { magnitude: 0, lastIndex: last };
  const sorted = patterns.slice().sort();
  const pattern = sorted[patterns.length - count];
  const magnitude = new Float32Array(Uint32Array.of(pattern).buffer)[0];
  let left = count - (patterns.length - 1 - sorted.lastIndexOf(pattern));
  if (sorted[patterns.length - count - 1] !== pattern) return { magnitude, lastIndex: last };
  const lastIndex = patterns.findIndex((one) => one === pattern && --left === 0);
  return { magnitude, lastIndex };
}
