import { decode } from '../../../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../../../numerics/dtype.ts';
import { encode } from '../../../numerics/encode.ts';
import type { Survived } from '../../protocol.ts';

/** Sums over the elements of a tensor that were looked at, each standing for as many of all. */
export type Tally = { changed: number; kept: number; along: number; squares: number };

export const nothing = (): Tally => ({ changed: 0, kept: 0, along: 0, squares: 0 });

/**
 * Adds what becomes of a change when values are stored as `dtype`. Δ = merged − base; what is left of it is the
 * stored value less what the base would be stored as. `weight` is how many elements each stands for.
 */
export function tallyChange(
  into: Tally,
  base: Float32Array,
  merged: Float32Array,
  dtype: FloatDtype,
  weight: number,
): void {
  const [before, after] = [storedAs(base, dtype), storedAs(merged, dtype)];
  for (let i = 0; i < base.length; i++) {
    const change = merged[i] - base[i];
    if (!Number.isFinite(change) || change === 0) continue;
    const left = after[i] - before[i];
    into.changed += weight;
    if (left !== 0) into.kept += weight;
    into.along += weight * left * change;
    into.squares += weight * change * change;
  }
}

/** Null where nothing is changed. */
export function survivedOf({ changed, kept, along, squares }: Tally): Survived | null {
  if (changed === 0) return null;
  return { elements: kept / changed, change: squares > 0 ? along / squares : 1 };
}

export function plus(a: Tally, b: Tally): Tally {
  return {
    changed: a.changed + b.changed,
    kept: a.kept + b.kept,
    along: a.along + b.along,
    squares: a.squares + b.squares,
  };
}

function storedAs(values: Float32Array, dtype: FloatDtype): Float32Array {
  const bytes = new Uint8Array(values.length * bytesPerElement(dtype));
  encode(values, dtype, bytes);
  const back = new Float32Array(values.length);
  decode(bytes, dtype, back);
  return back;
}
