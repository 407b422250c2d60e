/** Which elements of a tensor stand for all of them, and how far off what they say may be. */

/** Elements [from, to). */
export type Run = readonly [from: number, to: number];

/**
 * `count` runs of `length` elements, one in each of as many equal stretches, at a seeded place; the whole tensor as
 * one run where that is not more. In ascending order, never overlapping.
 */
export function runsOf(
  elementCount: number,
  { count, length }: { readonly count: number; readonly length: number },
  seed: number,
): readonly Run[] {
  if (elementCount <= count * length) return elementCount === 0 ? [] : [[0, elementCount]];
  let state = seed | 0;
  return Array.from({ length: count }, (_, i): Run => {
    const begin = Math.floor((i * elementCount) / count);
    const end = Math.floor(((i + 1) * elementCount) / count);
    state = (state + 0x9e3779b9) | 0;
    const from = begin + Math.floor(uniform(state) * (end - begin - length + 1));
    return [from, from + length];
  });
}

/**
 * How many of each stratum stand for it, `most` of all together or fewer: all of the small ones, the same number of the
 * others, but at least two, so that it shows how they differ (Cochran, Sampling Techniques, 3rd ed., §5A.1).
 */
export function sharesOf(sizes: readonly number[], most: number): readonly number[] {
  let left = most;
  let strata = sizes.length;
  for (const size of sizes.toSorted((a, b) => a - b)) {
    const share = Math.floor(left / strata);
    if (size > share) return sizes.map((own) => Math.min(own, Math.max(2, share)));
    left -= size;
    strata -= 1;
  }
  return sizes;
}

export function elementsIn(runs: readonly Run[]): number {
  return runs.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** 0 ≤ u < 1 of a counter (the finaliser of MurmurHash3). */
function uniform(counter: number): number {
  let hash = counter;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A sum of a run that is part of another sum of it: conflicts of shared elements. */
type Pair = readonly [part: number, whole: number];

/**
 * The standard error of a ratio Σpart ÷ Σwhole over tensors of which runs were sampled, from how the runs of each tensor
 * differ (ratio estimator over clusters in strata: Cochran, Sampling Techniques, 3rd ed., §6.11 and §9.3). Where only
 * some tensors of a stratum are looked at, from how these differ, too (two stages: ibid., §10.3).
 */
export class RatioError {
  #parts = 0;
  #cross = 0;
  #wholes = 0;
  #isKnown = true;

  /**
   * @param runs of a tensor, or the estimated totals of tensors of a stratum
   * @param sampled the share of the tensor's elements that lie in the runs, or of the stratum's tensors that are there
   * @param standsFor how many tensors this one stands for
   */
  add(runs: readonly Pair[], sampled: number, standsFor = 1): void {
    if (sampled >= 1 || runs.length === 0) return;
    if (runs.length === 1) this.#isKnown = false;
    const n = runs.length;
    const meanPart = runs.reduce((sum, [part]) => sum + part, 0) / n;
    const meanWhole = runs.reduce((sum, [, whole]) => sum + whole, 0) / n;
    // Of the total: each run stands for 1 / sampled runs, with what is left out of the sample.
    const scale = (standsFor * (1 - sampled) * n) / (Math.max(1, n - 1) * sampled ** 2);
    for (const [part, whole] of runs) {
      this.#parts += scale * (part - meanPart) ** 2;
      this.#cross += scale * (part - meanPart) * (whole - meanWhole);
      this.#wholes += scale * (whole - meanWhole) ** 2;
    }
  }

  /** Of `part` ÷ `whole`, the totals that the samples stand for; null where one run says nothing of its error. */
  of(part: number, whole: number): number | null {
    if (!this.#isKnown || whole === 0) return null;
    const ratio = part / whole;
    const variance = this.#parts - 2 * ratio * this.#cross + ratio ** 2 * this.#wholes;
    return Math.sqrt(Math.max(0, variance)) / whole;
  }
}
