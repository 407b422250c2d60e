import type { Stats } from './conflict-map.ts';
import { cancellation, conflictRate, disagreement, norm, overlap, overruled } from './rates.ts';
import { RatioError } from './sampling.ts';
import { Tally } from './tally.ts';

/** A tensor's sums over all that was looked at, and run by run what errors are told from. */
export type Tallied = { readonly all: Tally; readonly runs: readonly RunSums[] };
export type RunSums = Pick<Tally, 'shared' | 'conflicts' | 'mass' | 'opposed'>;

/** Sums over tensors that were sampled in runs; a sampled tensor counts as what it stands for. */
export class Pool {
  readonly tally: Tally;
  readonly #ofConflicts = new RatioError();
  readonly #ofMass = new RatioError();

  constructor(models: number) {
    this.tally = new Tally(models);
  }

  /**
   * @param sampled the share of the tensor's elements that lie in the runs
   * @param standsFor how many tensors like it this one stands for
   */
  take({ all, runs }: Tallied, sampled: number, standsFor = 1): void {
    this.tally.add(all, standsFor / sampled);
    this.#ofConflicts.add(runs.map(ofConflicts), sampled, standsFor);
    this.#ofMass.add(runs.map(ofMass), sampled, standsFor);
  }

  /**
   * Tensors that were taken and stand for others differ: so may the others.
   *
   * @param totals what each of them comes to, whole
   * @param sampled their share of all that they stand for
   */
  differ(totals: readonly Tally[], sampled: number): void {
    this.#ofConflicts.add(totals.map(ofConflicts), sampled);
    this.#ofMass.add(totals.map(ofMass), sampled);
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

const ofConflicts = ({ conflicts, shared }: RunSums) => [conflicts, shared] as const;
const ofMass = ({ opposed, mass }: RunSums) => [opposed, mass] as const;
