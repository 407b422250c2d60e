/** What the definition works on, and what it gives. */
import type { CollectedRun, Pass } from '../../numerics/select.ts';
import type { Block, Blocks, Kernel, MeasureContext } from '../backend.ts';
import type { RankMeasure, SumMeasure } from '../shaders/sums.ts';

/**
 * Elements worked on at a time: the planes of a chunk stay in the processor's cache, and sums are
 * rounded once per chunk. Sums are the same for every block size and every number of workers because
 * measured runs begin at multiples of it.
 */
export const CHUNK = 1 << 14;

/** A block, or a part of one, with what is needed to read it. */
export type Run = Block & Pick<Blocks, 'dtypes' | 'hasBase' | 'guides' | 'readAs'>;

/** What one pass over a tensor collects: sums, or a step of a selection. */
export type Wanted =
  | SumMeasure
  | { readonly kind: 'select'; readonly measure: RankMeasure; readonly pass: Pass };

export type MapTask = { readonly run: Run; readonly kernel: Kernel };
export type MeasureTask = MeasureContext & {
  readonly run: Run;
  readonly wanted: readonly Wanted[];
};

/** A sum for each chunk of the run, or what the pass of a selection collects; one per wanted. */
export type Collected = Float64Array<ArrayBuffer> | CollectedRun;
