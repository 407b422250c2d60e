import type { Fetched, Range } from './codes.ts';

/** How the values of a plane are computed, piece by piece. Elements are those of the whole tensor. */
export type Computation = {
  /** Where a run from `from` is cut, so that what it needs is read once and takes about `most` bytes. */
  reach(from: number, to: number, most: number): number;
  /** The next place after `from` to stop at. */
  chunkEnd(from: number, to: number): number;
  /** What elements [from, to) need of each input; nothing is an empty range. */
  needs(from: number, to: number): readonly Range[];
  /** What has to be known of the whole tensor before its first value. */
  readonly before?: Before;
  /**
   * What was fetched, opened once: gives the values from an element on, as many as `out` takes. `known` is
   * what came of the pass before, if there is one.
   */
  open(inputs: readonly Fetched[], known: Float64Array | null): Promise<Values>;
};

export type Values = (from: number, out: Float32Array) => void;

/** A pass over all elements of another computation, in their order. */
export type Before = {
  readonly computation: Computation;
  readonly elements: number;
  fold(): { take(from: number, values: Float32Array): void; result(): Float64Array };
};
