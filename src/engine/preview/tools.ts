import type { Sources } from '../library/sources.ts';
import type { Samples } from './sample.ts';

/** What every look at a plan needs. */
export type Tools = {
  readonly sources: Sources;
  readonly samples: Samples;
  /** Bytes that one read may hold. */
  readonly budget: number;
  readonly signal: AbortSignal;
  /** Hears how many tensors were looked at, of how many. */
  readonly tell?: (done: number, total: number) => void;
  /** Whether a part of the runs that are read is enough, while something is dragged. */
  readonly isCoarse?: boolean;
};
