import type { Ledger } from './ledger.ts';

/** Standard errors, the largest over all pairs; null where the sample does not tell. */
export type SampleErrors = {
  readonly cosine: number | null;
  /** As a share: of a length, or of the ratio of two. */
  readonly length: number | null;
};

type Sums = Pick<Ledger, 'models' | 'squares' | 'products'>;

/** Of ⟨a, b⟩, ‖a‖² and ‖b‖²: variances and covariances. */
const width = 6;

/**
 * How far off cosines and lengths may be that come from runs of tensors, from how the runs of each tensor differ, and
 * tensors that stand for others. As for `RatioError`, to the first order in the three sums that a pair is told by (Cochran,
 * Sampling Techniques, 3rd ed., §6.5, §9.3 and §10.3; Wolter, Introduction to Variance Estimation, 2nd ed., §6.5).
 */
export class PairErrors {
  readonly #pairs: readonly (readonly [number, number])[];
  readonly #sums: Float64Array;
  #isKnown = true;

  /** @param pairs of the ledgers' models; a model with itself tells its length */
  constructor(pairs: readonly (readonly [number, number])[]) {
    this.#pairs = pairs;
    this.#sums = new Float64Array(width * pairs.length);
  }

  /**
   * @param runs of a tensor, or the estimated totals of tensors of a stratum
   * @param sampled the share of the tensor's elements that lie in the runs, or of the stratum's tensors that are there
   * @param standsFor how many tensors this one stands for
   */
  add(runs: readonly Sums[], sampled: number, standsFor = 1): void {
    if (sampled >= 1 || runs.length === 0) return;
    if (runs.length === 1) this.#isKnown = false;
    const n = runs.length;
    const scale = (standsFor * (1 - sampled) * n) / (Math.max(1, n - 1) * sampled ** 2);
    for (const [i, pair] of this.#pairs.entries()) {
      const sums = runs.map((run) => sumsOf(run, pair));
      const mean = [0, 1, 2].map((k) => sums.reduce((sum, run) => sum + run[k], 0) / n);
      const own = this.#sums.subarray(width * i, width * (i + 1));
      for (const run of sums) {
        const [p, a, b] = run.map((value, k) => value - mean[k]);
        for (const [k, product] of [p * p, a * a, b * b, p * a, p * b, a * b].entries()) {
          own[k] += scale * product;
        }
      }
    }
  }

  /** @param total what the samples stand for */
  errors(total: Sums): SampleErrors {
    const found = this.#pairs.flatMap((pair, i) => {
      const [product, a, b] = sumsOf(total, pair);
      if (a === 0 || b === 0) return [];
      const length = Math.sqrt(a) * Math.sqrt(b);
      const cosine = product / length;
      const own = this.#sums.subarray(width * i, width * (i + 1));
      const isOne = pair[0] === pair[1];
      return {
        cosine: isOne ? 0 : error(own, [1 / length, -cosine / (2 * a), -cosine / (2 * b)]),
        length: error(own, [0, -1 / (2 * a), isOne ? 0 : 1 / (2 * b)]),
      };
    });
    if (!this.#isKnown || found.length === 0) return { cosine: null, length: null };
    const most = (of: readonly number[]) => of.reduce((a, b) => Math.max(a, b), 0);
    return {
      cosine: most(found.map(({ cosine }) => cosine)),
      length: most(found.map((each) => each.length)),
    };
  }
}

function sumsOf({ models, squares, products }: Sums, [a, b]: readonly [number, number]) {
  return [products[a * models + b], squares[a], squares[b]] as const;
}

/** √(gᵀ·V·g) */
function error(of: Float64Array, [p, a, b]: readonly [number, number, number]): number {
  const [pp, aa, bb, pa, pb, ab] = of;
  const variance =
    p * p * pp + a * a * aa + b * b * bb + 2 * (p * a * pa + p * b * pb + a * b * ab);
  return Math.sqrt(Math.max(0, variance));
}
