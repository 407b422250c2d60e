import { beside, largestMagnitude, scale } from '../numerics/algebra/matrix.ts';
import type { Factors, Term } from './factors.ts';

/**
 * Which factor takes the weight: one alone, or both its square root, the sign on A. Of a power of two both take
 * a power of two, so that no bit is lost in factors of 16 bits.
 */
export type WeightIn = 'a' | 'b' | 'even';

/**
 * Σ weight·B·A as one pair of factors, exactly: the ranks follow each other, Σr in all. With the weight in
 * 'a' it is PEFT's `cat`. A RangeError when there is no term, and one that names the term whose sides are
 * not the first one's, whose factors disagree about the rank, or that holds NaN or infinity.
 */
export function concatenate(terms: readonly Term[], weightIn: WeightIn): Factors {
  check(terms);
  const [{ b, a }] = terms;
  return {
    b: beside(
      b.rows,
      terms.map((term) => scale(term.b, split(term.weight, weightIn).b)),
    ),
    a: beside(
      a.rows,
      terms.map((term) => scale(term.a, split(term.weight, weightIn).a)),
    ),
  };
}

function split(weight: number, weightIn: WeightIn) {
  if (weightIn === 'even') {
    const size = Math.abs(weight);
    const b = isPowerOfTwo(size) ? 2 ** Math.floor(Math.log2(size) / 2) : Math.sqrt(size);
    return { b, a: b === 0 ? 0 : weight / b };
  }
  return weightIn === 'b' ? { b: weight, a: 1 } : { b: 1, a: weight };
}

function isPowerOfTwo(size: number): boolean {
  return size > 0 && 2 ** Math.round(Math.log2(size)) === size;
}

function check(terms: readonly Term[]): void {
  if (terms.length === 0) throw new RangeError('A sum of adapters needs at least one');
  const [{ b, a }] = terms;
  for (const [index, term] of terms.entries()) {
    const which = terms.length === 1 ? 'The adapter' : `Adapter ${index + 1} of ${terms.length}`;
    if (term.b.columns !== term.a.columns) {
      throw new RangeError(`${which} has rank ${term.b.columns} in B and ${term.a.columns} in A`);
    }
    if (term.b.rows !== b.rows || term.a.rows !== a.rows) {
      throw new RangeError(
        `${which} changes a weight of ${term.b.rows} × ${term.a.rows}, the first one of ${b.rows} × ${a.rows}`,
      );
    }
    if (!Number.isFinite(term.weight)) throw new RangeError(`${which} has weight ${term.weight}`);
    largestMagnitude(term.b, `${which}: B`);
    largestMagnitude(term.a, `${which}: A, transposed`);
  }
}
