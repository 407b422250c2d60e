import type { Stats } from './conflict-map.ts';
import { cancellation, conflictRate, disagreement, norm, overlap, overruled } from './rates.ts';
import { RatioError } from './sampling.ts';
import { Tally } from './tally.ts';

/** Sums over tensors that were sampled in runs; a sampled tensor counts as what it stands for. */
export class Pool {
  readonly tally: Tally;
  readonly #ofConflicts = new RatioError();
  readonly #ofMass = new RatioError();

  constructor(models: number) {
    this.tally = new Tally(models);
  }

  /** @param sampled the share of the tensor's elements that lie in the runs */
  take(runs: readonly Tally[], sampled: number): void {
    for (const run of runs) this.tally.add(run, 1 / sampled);
    const conflicts = runs.map(({ conflicts, shared }) => [conflicts, shared] as const);
    const opposed = runs.map(({ opposed, mass }) => [opposed, mass] as const);
    this.#ofConflicts.add(conflicts, sampled);
    this.#ofMass.add(opposed, sampled);
  }

  stats(): Stats {
    const { tally } = this;
    const { elements, models, nonZero, squaresOf } = tally;
    return {
      cancellation: cancellation(tally),
      conflictRate: conflictRate(tally),
      disagreement: disagreement(tally),
      overruled: overruled(tally),
      overlap: overlap(tally),
      norm: norm(tally),
      models: Array.from({ length: models }, (_, k) => ({
        left: elements > 0 ? nonZero[k] / elements : null,
        norm: Math.sqrt(squaresOf[k]),
        overruled: overruled(tally, k),
      })),
      errors: {
        cancellation: this.#ofMass.of(tally.opposed, tally.mass),
        conflictRate: this.#ofConflicts.of(tally.conflicts, tally.shared),
      },
    };
  }
}
