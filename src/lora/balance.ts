import { columnLengths, scaleColumns } from '../numerics/algebra/matrix.ts';
import type { Factors } from './factors.ts';

/**
 * Where the singular values of an adapter go: all into B, as PEFT has it, or their square roots into both
 * factors, which suits 16-bit files better.
 */
export type Balance = 'b' | 'even';

/** From factors whose A has orthonormal rows, and whose B has columns as long as the singular values. */
export function balanced({ b, a }: Factors, balance: Balance): Factors {
  if (balance === 'b') return { b, a };
  const roots = columnLengths(b).map(Math.sqrt);
  const inverses = roots.map((root) => (root === 0 ? 0 : 1 / root));
  return { b: scaleColumns(b, inverses), a: scaleColumns(a, roots) };
}
