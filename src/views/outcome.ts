/** What one recipe makes of its models, in a few numbers: to be laid beside others of the same models. */
import { conflictRate, overruled } from './rates.ts';
import type { Remains, Survived } from './survival.ts';
import type { Tally } from './tally.ts';

/** `norm` is the distance to the base, too. */
export type Outcome = Survived & {
  readonly elements: number;
  readonly sampled: number;
  /** Tensors that are merged, and how many of them were looked at. */
  readonly tensorsMerged: number;
  readonly tensorsSampled: number;
  /** By expert: ‖its task vector‖, and how far the merged model lies from it. */
  readonly distances: Remains['distances'];
  /** After trim or draw, of the elements that two models or more change; null where there are none. */
  readonly conflictRate: number | null;
  /** Share of the models' mass that loses the election; null where the method holds none. */
  readonly overruled: number | null;
};

type Found = {
  readonly remains: Remains;
  readonly tally: Tally;
  readonly sampled: number;
  readonly tensorsMerged: number;
  readonly tensorsSampled: number;
  /** Whether the method lets the models vote. */
  readonly votes: boolean;
};

export function outcomeOf({ remains, tally, votes, ...looked }: Found): Outcome {
  return {
    ...remains.survived(),
    elements: remains.elements,
    ...looked,
    distances: remains.distances,
    conflictRate: conflictRate(tally),
    overruled: votes ? overruled(tally) : null,
  };
}
