import type { Tally } from '../tensor/job.ts';
import type { Take } from '../tensor/make.ts';
import type { Stretch } from '../tensor/stretch.ts';

/** What became of a stretch. */
export type Made = { readonly tallies: readonly Tally[]; readonly bytesRead: number };

/** Makes stretches: on the GPU, in this thread, or in kernel workers. */
export interface Maker {
  /** Stretches that may be under way. */
  readonly atOnce: number;
  make(stretch: Stretch, take: Take, signal: AbortSignal): Promise<Made>;
}

/** Who makes the next stretch: a run may change from the GPU to kernel workers. */
export interface Makers {
  next(): Maker;
  /** Bytes that several tensors made in one go may take together. */
  readonly share: number;
}
