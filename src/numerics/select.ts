/**
 * The exact k-th largest magnitude of a stream of f32, without sorting. Without its sign, the bit pattern
 * of an f32 orders like its value, so two histograms find the pattern: of the upper 16 bits, then of the
 * lower 15 inside the bin that holds the k-th. A third pass finds the index at which enough equal ones
 * are kept; it is left out when all of them are. NaN counts as larger than infinity.
 */

/** Keeping |v| > magnitude, and |v| = magnitude up to lastIndex, keeps exactly k. */
export type Cut = { readonly magnitude: number; readonly lastIndex: number };

/** What the next pass over all values has to collect. */
export type Pass =
  | { readonly kind: 'coarse' }
  | { readonly kind: 'fine'; readonly bin: number }
  | { readonly kind: 'ties'; readonly pattern: number };

export const COARSE_BINS = 1 << 16;
export const FINE_BINS = 1 << 15;

/** What one run of values gave to a pass: a histogram, or the places of the equal ones in the run. */
export function collect(pass: Pass, values: Float32Array): Uint32Array<ArrayBuffer> {
  if (pass.kind === 'ties') return tiesOf(values, pass.pattern);
  const histogram = new Uint32Array(pass.kind === 'coarse' ? COARSE_BINS : FINE_BINS);
  addToHistogram(pass, values, histogram);
  return histogram;
}

/** Counts a run into a histogram of a pass, `COARSE_BINS` or `FINE_BINS` long. */
export function addToHistogram(
  pass: Exclude<Pass, { kind: 'ties' }>,
  values: Float32Array,
  histogram: Uint32Array,
): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (pass.kind === 'coarse') {
    for (let i = 0; i < words.length; i++) histogram[(words[i] << 1) >>> 16]++;
    return;
  }
  const { bin } = pass;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if ((word << 1) >>> 16 === bin) histogram[word & 0x7fff]++;
  }
}

/** Positions in `values` of the elements whose magnitude has this pattern, ascending. */
export function tiesOf(values: Float32Array, pattern: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const positions = new Uint32Array(words.length);
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    positions[count] = i;
    if ((words[i] & 0x7fffffff) === pattern) count++;
  }
  return positions.slice(0, count);
}

/**
 * One selection, pass by pass: while `pass` is not null, walk over all values and call `add` with what
 * `collect` gave for each run, then `finishPass`. Runs may come in any order, except in a ties pass,
 * where they ascend. Afterwards `cut` is the answer.
 *
 * k = 0 gives magnitude Infinity and lastIndex −1, which keeps nothing; k ≥ n gives 0 and n − 1, which
 * keeps everything. When all equal values are kept, lastIndex is n − 1. When the k-th largest is a NaN,
 * so is the magnitude.
 */
export class MagnitudeSelect {
  readonly #elementCount: number;
  #pass: Pass | null = { kind: 'coarse' };
  #cut: Cut | null = null;
  #histogram = new Float64Array(COARSE_BINS);
  /** How many are still to keep among those that the pass looks at. */
  #left: number;

  constructor(k: number, elementCount: number) {
    this.#elementCount = elementCount;
    this.#left = k;
    if (k <= 0) this.#finish({ magnitude: Infinity, lastIndex: -1 });
    else if (k >= elementCount) this.#finish({ magnitude: 0, lastIndex: elementCount - 1 });
  }

  /** What to collect now; null when the answer is known. */
  get pass(): Pass | null {
    return this.#pass;
  }

  get cut(): Cut {
    if (!this.#cut) throw new Error('The selection has passes left');
    return this.#cut;
  }

  /** Takes what `collect` gave for the run of values that begins at index `start`. */
  add(collected: Uint32Array, start: number): void {
    const pass = this.#pass;
    if (!pass) return;
    if (pass.kind !== 'ties') {
      for (let bin = 0; bin < collected.length; bin++) this.#histogram[bin] += collected[bin];
      return;
    }
    if (collected.length < this.#left) {
      this.#left -= collected.length;
      return;
    }
    const lastIndex = start + collected[this.#left - 1];
    this.#finish({ magnitude: magnitudeOf(pass.pattern), lastIndex });
  }

  finishPass(): void {
    const pass = this.#pass;
    if (!pass) return;
    if (pass.kind === 'ties') throw new Error('The values changed between two passes');
    let bin = this.#histogram.length;
    let inBin = 0;
    do {
      this.#left -= inBin;
      bin--;
      if (bin < 0) throw new Error('The passes saw fewer values than the selection was made for');
      inBin = this.#histogram[bin];
    } while (inBin < this.#left);
    if (pass.kind === 'coarse') {
      this.#pass = { kind: 'fine', bin };
      this.#histogram = new Float64Array(FINE_BINS);
      return;
    }
    const pattern = (pass.bin << 15) | bin;
    if (inBin > this.#left) this.#pass = { kind: 'ties', pattern };
    else this.#finish({ magnitude: magnitudeOf(pattern), lastIndex: this.#elementCount - 1 });
  }

  #finish(cut: Cut): void {
    this.#cut = cut;
    this.#pass = null;
    this.#histogram = new Float64Array(0);
  }
}

/** The cut for an array that is in memory as a whole. */
export function selectMagnitude(values: Float32Array, k: number): Cut {
  const select = new MagnitudeSelect(k, values.length);
  while (select.pass) {
    select.add(collect(select.pass, values), 0);
    select.finishPass();
  }
  return select.cut;
}

function magnitudeOf(pattern: number): number {
  return new Float32Array(new Uint32Array([pattern]).buffer)[0];
}
