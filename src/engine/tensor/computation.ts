import type { ComputedPlane } from '../../plan/types.ts';
import type { Fetched, Range } from './codes.ts';
import * as codes from './codes.ts';

/** How the values of a plane are computed, piece by piece. Elements are those of the whole tensor. */
export type Computation = {
  /** Where a run from `from` is cut, so that what it needs is read once and takes about `most` bytes. */
  reach(from: number, to: number, most: number): number;
  /** The next place after `from` to stop at. */
  chunkEnd(from: number, to: number): number;
  /** What elements [from, to) need of each input. */
  needs(from: number, to: number): readonly Range[];
  /** What was fetched, opened once: gives the values from an element on, as many as `out` takes. */
  open(inputs: readonly Fetched[]): (from: number, out: Float32Array) => void;
};

export function computationOf(formula: ComputedPlane['formula']): Computation {
  if (formula.kind === 'update') throw new Error('updates are not computed yet');
  return {
    reach: (from, to, most) => codes.reach(formula, from, to, most),
    chunkEnd: (from, to) => codes.chunkEnd(formula, from, to),
    needs: (from, to) => codes.needs(formula, from, to),
    open: (inputs) => {
      const opened = codes.open(formula, inputs);
      return (from, out) => codes.compute(formula, opened, from, out);
    },
  };
}
