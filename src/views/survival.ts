/** How much of each task vector is left in what a merge makes. Plain data. */
import { cosineOf, Ledger } from './ledger.ts';
import { PairErrors, type SampleErrors } from './pair-errors.ts';
import type { Run } from './sampling.ts';

/** Over some tensors: none of it says whether the merge is any good. */
export type Survived = {
  /** By expert: cosine of the merged change with its own; null where either has no direction. */
  readonly cosines: readonly (number | null)[];
  /** By expert: ‖merged change‖ ÷ ‖its own‖; null where it changes nothing. */
  readonly ratios: readonly (number | null)[];
  /** ‖merged change‖, that over the length of the plain average of all changes, and over ‖base‖. */
  readonly norm: number;
  readonly overAverage: number | null;
  readonly overBase: number | null;
  /** Share of the elements whose base is not zero that come out with the other sign. */
  readonly flipped: number | null;
  /** Share of the elements that come out exactly as the base has them. */
  readonly unchanged: number | null;
  /** Elements that F16 would store as infinity; null where no weights are made. */
  readonly beyondF16: number | null;
};

export type Survival = {
  readonly models: readonly string[];
  readonly elements: number;
  readonly sampled: number;
  /** Tensors that are merged, and how many of them were looked at. */
  readonly tensorsMerged: number;
  readonly tensorsSampled: number;
  /** Of the cosines and ratios of the whole. */
  readonly errors: SampleErrors;
  readonly whole: Survived;
  readonly groups: readonly (Survived & { readonly name: string })[];
  readonly layers: readonly (Survived & { readonly name: string })[];
  readonly tensors: TensorSurvival;
};

/** A line for each tensor that is merged, in the order they are written. */
export type TensorSurvival = {
  readonly names: readonly string[];
  /** Tensor by tensor: the single fields, then cosine and ratio of each expert. NaN for null. */
  readonly values: Float64Array;
};

/** Half way from the largest finite F16 to the next power of two: from here on rounding gives infinity. */
const endOfF16 = 65520;

/** What a merge made of some elements, in sums. */
export class Remains {
  readonly #experts: number;
  /** All experts' changes, then the merged one, then their average. */
  readonly #ledger: Ledger;
  #hasBase = false;
  #signed = 0;
  #flipped = 0;
  #unchanged = 0;
  #beyond = 0;

  constructor(experts: number) {
    this.#experts = experts;
    this.#ledger = new Ledger(experts + 2);
  }

  get elements(): number {
    return this.#ledger.elements;
  }

  /**
   * @param deltas by expert
   * @param merged weights, or where `base` is null what the merge would add to some
   * @param each how many elements each of the values stands for
   * @param runs the runs that the values lie in; one where they are left out
   * @returns what each run comes to by itself, for `survivalErrors`
   */
  take(
    deltas: readonly Float32Array[],
    merged: Float32Array,
    base: Float32Array | null,
    each = 1,
    runs: readonly Run[] = [[0, merged.length]],
  ): readonly Ledger[] {
    const change = base ? merged.map((value, i) => value - base[i]) : merged;
    const average = new Float32Array(merged.length);
    for (const delta of deltas) {
      for (let i = 0; i < average.length; i++) average[i] += delta[i] / deltas.length;
    }
    const sums = this.#ledger.takeRuns([...deltas, change, average], base, runs, each);
    if (base === null) return sums;
    this.#hasBase = true;
    for (let i = 0; i < merged.length; i++) {
      const [after, before] = [merged[i], base[i]];
      if (before !== 0) this.#signed += each;
      // Not by their product, which may underflow.
      if ((after < 0 && before > 0) || (after > 0 && before < 0)) this.#flipped += each;
      if (after === before) this.#unchanged += each;
      if (Math.abs(after) >= endOfF16 && Number.isFinite(after)) this.#beyond += each;
    }
    return sums;
  }

  /** Lengths and angles so far. */
  get sums(): Ledger {
    return this.#ledger;
  }

  /** Adds others, every sum times `factor`. */
  add(other: Remains, factor = 1): void {
    this.#ledger.add(other.#ledger, factor);
    this.#hasBase ||= other.#hasBase;
    this.#signed += factor * other.#signed;
    this.#flipped += factor * other.#flipped;
    this.#unchanged += factor * other.#unchanged;
    this.#beyond += factor * other.#beyond;
  }

  /** By expert: ‖its own change‖, and how far what is merged lies from it. */
  get distances(): readonly { readonly length: number; readonly distance: number }[] {
    const { models, squares, products } = this.#ledger;
    const merged = squares[this.#experts];
    return Array.from({ length: this.#experts }, (_, k) => ({
      length: Math.sqrt(squares[k]),
      distance: Math.sqrt(
        Math.max(0, merged + squares[k] - 2 * products[k * models + this.#experts]),
      ),
    }));
  }

  survived(): Survived {
    const { models, squares, products, baseSquares, elements } = this.#ledger;
    const [merged, average] = squares.subarray(this.#experts);
    const over = (of: number) => (of > 0 ? Math.sqrt(merged / of) : null);
    const experts = Array.from({ length: this.#experts }, (_, k) => k);
    const share = (part: number, all: number) => (this.#hasBase && all > 0 ? part / all : null);
    return {
      cosines: experts.map((k) =>
        cosineOf(products[k * models + this.#experts], merged, squares[k]),
      ),
      ratios: experts.map((k) => over(squares[k])),
      norm: Math.sqrt(merged),
      overAverage: over(average),
      overBase: over(baseSquares),
      flipped: share(this.#flipped, this.#signed),
      unchanged: share(this.#unchanged, elements),
      beyondF16: this.#hasBase ? this.#beyond : null,
    };
  }
}

/** Of each expert with what is merged, in the ledgers of `Remains`. */
export function survivalErrors(experts: number): PairErrors {
  return new PairErrors(Array.from({ length: experts }, (_, k) => [k, experts]));
}

/** As a report has it: without a line for each tensor, and without errors. */
export function reportedOf({ tensors: _, errors: __, ...rest }: Survival) {
  return rest;
}

const fields = ['norm', 'overAverage', 'overBase', 'flipped', 'unchanged', 'beyondF16'] as const;

export function packedSurvived(of: Survived): readonly number[] {
  const all = [...fields.map((field) => of[field]), ...of.cosines, ...of.ratios];
  return all.map((value) => value ?? Number.NaN);
}

export function survivedAt({ values }: TensorSurvival, models: number, tensor: number): Survived {
  const width = fields.length + 2 * models;
  const line = values.subarray(tensor * width, (tensor + 1) * width);
  const all = Array.from(line, (value) => (Number.isNaN(value) ? null : value));
  const [norm, overAverage, overBase, flipped, unchanged, beyondF16] = all;
  return {
    cosines: all.slice(fields.length, fields.length + models),
    ratios: all.slice(fields.length + models),
    norm: norm ?? 0,
    ...{ overAverage, overBase, flipped, unchanged, beyondF16 },
  };
}
