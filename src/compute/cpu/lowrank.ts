import type { FloatDtype } from '../../numerics/dtype.ts';
import { compiledMultiplier } from './lowrank-compiled.ts';
import { type MultiplyBy, multiplyPlainly } from './lowrank-definition.ts';
import { hasSimd } from './programs.ts';

/** Of this thread, by the dtype of what products are added to. */
const made = new Map<FloatDtype | null, Promise<MultiplyBy>>();

/**
 * For products that are used alone or added to a base of that dtype: lowrank.wgsl as WebAssembly, in a memory
 * of its own. The same bytes as the definition.
 */
export function multiplier(base: FloatDtype | null): Promise<MultiplyBy> {
  let found = made.get(base);
  if (!found) {
    found = hasSimd() ? compiledMultiplier(base) : Promise.resolve(multiplyPlainly);
    made.set(base, found);
  }
  return found;
}
