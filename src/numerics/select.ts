import { type Bracket, type Bracketed, bracketFrom, collectBracketed } from './bracket.ts';

/**
 * The exact k-th largest magnitude of a stream of f32, without sorting. Without its sign, the bit pattern
 * of an f32 orders like its value. With a sample of the values, one pass usually finds the pattern (see
 * `bracket.ts`). Without one, or when the sample misled, two histograms do: of the upper 16 bits, then of
 * the lower 15 inside the bin that holds the k-th. A last pass finds the index up to which equal ones
 * are kept; it is left out when all of them are. NaN counts as larger than infinity.
 */

/** Keeping |v| > magnitude, and |v| = magnitude up to lastIndex, keeps exactly k. */
export type Cut = { readonly magnitude: number; readonly lastIndex: number };

/** What the next pass over the values has to collect. */
export type Pass =
  | { readonly kind: 'bracket'; readonly bracket: Bracket }
  | { readonly kind: 'coarse' }
  | { readonly kind: 'fine'; readonly bin: number }
  /** Only runs that hold elements from `from` to before `to` are asked for. */
  | {
      readonly kind: 'ties';
      readonly pattern: number;
      readonly from: number;
      readonly to: number;
    };

/** A bracketed run, a histogram, or the places of the equal ones in the run: as the pass asks. */
export type CollectedRun = Bracketed | Uint32Array<ArrayBuffer>;

export const COARSE_BINS = 1 << 16;
export const FINE_BINS = 1 << 15;

/** More listed elements than this are given up for histograms, to bound memory; 8 bytes each. */
const MOST_LISTED = 1 << 21;

/** What one run of values gives to a pass. */
export function collect(pass: Pass, values: Float32Array): CollectedRun {
  if (pass.kind === 'bracket') return collectBracketed(pass.bracket, values);
  if (pass.kind === 'ties') return tiesOf(values, pass.pattern);
  const histogram = new Uint32Array(pass.kind === 'coarse' ? COARSE_BINS : FINE_BINS);
  addToHistogram(pass, values, histogram);
  return histogram;
}

/** Counts a run into a histogram of a pass, `COARSE_BINS` or `FINE_BINS` long. */
export function addToHistogram(
  pass: Extract<Pass, { kind: 'coarse' | 'fine' }>,
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
 * `collect` gave for each run, in ascending order, then `finishPass`. Afterwards `cut` is the answer.
 *
 * k = 0 gives magnitude Infinity and lastIndex −1, which keeps nothing; k ≥ n gives 0 and n − 1, which
 * keeps everything. When all equal values are kept, lastIndex is n − 1. When the k-th largest is a NaN,
 * so is the magnitude.
 */
export class MagnitudeSelect {
  readonly #k: number;
  readonly #elementCount: number;
  #pass: Pass | null = null;
  #cut: Cut | null = null;
  #histogram = new Float64Array(0);
  /** How many are still to keep among those that the pass looks at. */
  #left: number;
  #bracketed: PlacedRun[] = [];
  #listed = 0;

  /** `sample` makes it quicker, whatever it holds; values spread evenly over the stream do it best. */
  constructor(k: number, elementCount: number, sample?: Float32Array) {
    this.#k = k;
    this.#elementCount = elementCount;
    this.#left = k;
    if (k <= 0) this.#finish(Infinity, -1);
    else if (k >= elementCount) this.#finish(0, elementCount - 1);
    else if (!sample || sample.length === 0) this.#beginHistograms();
    else this.#pass = { kind: 'bracket', bracket: bracketFrom(sample, k, elementCount) };
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
  add(collected: CollectedRun, start: number): void {
    const pass = this.#pass;
    if (!pass) return;
    if (!(collected instanceof Uint32Array)) {
      this.#listed += collected.positions.length;
      if (this.#listed <= MOST_LISTED) this.#bracketed.push({ start, run: collected });
      else this.#bracketed = [];
    } else if (pass.kind === 'ties') {
      this.#addTies(pass, collected, start);
    } else {
      for (let bin = 0; bin < collected.length; bin++) this.#histogram[bin] += collected[bin];
    }
  }

  finishPass(): void {
    const pass = this.#pass;
    if (!pass) return;
    if (pass.kind === 'ties') throw new Error('The values changed between two passes');
    if (pass.kind === 'bracket') this.#finishBracket(pass.bracket);
    else this.#finishHistogram(pass);
  }

  /** Walks down the bracket: what is above, its high end, what is listed, its pivot, and so on. */
  #finishBracket({ high, pivot, low }: Bracket): void {
    const runs = this.#bracketed;
    this.#bracketed = [];
    let left = this.#k - runs.reduce((sum, { run }) => sum + run.above, 0);
    if (left <= 0 || this.#listed > MOST_LISTED) {
      this.#beginHistograms();
      return;
    }
    for (const [level, pattern] of [high, pivot, low].entries()) {
      const count = countedOf(runs, level);
      if (left <= count) {
        this.#beginTies(pattern, level, left, count, runs);
        return;
      }
      left -= count;
      const below = [pivot, low, pattern][level];
      const listed = listedOf(runs, below, pattern);
      if (left <= listed.patterns.length) {
        this.#finishListed(listed, left);
        return;
      }
      left -= listed.patterns.length;
    }
    this.#beginHistograms();
  }

  /** The answer is the `left`-th largest of a list. */
  #finishListed({ patterns, indices }: Listed, left: number): void {
    if (left === patterns.length) {
      const smallest = patterns.reduce((a, b) => Math.min(a, b));
      this.#finish(magnitudeOf(smallest), this.#elementCount - 1);
      return;
    }
    const { magnitude, lastIndex } = selectMagnitude(new Float32Array(patterns.buffer), left);
    const all = lastIndex === patterns.length - 1;
    this.#finish(magnitude, all ? this.#elementCount - 1 : indices[lastIndex]);
  }

  /** The answer is a counted pattern; looks for the stretch with the `left`-th of `count`. */
  #beginTies(
    pattern: number,
    level: number,
    left: number,
    count: number,
    runs: readonly PlacedRun[],
  ): void {
    if (left === count) {
      this.#finish(magnitudeOf(pattern), this.#elementCount - 1);
      return;
    }
    this.#left = left;
    for (const { start, run } of runs) {
      for (let c = level; c < run.counted.length; c += 3) {
        if (this.#left <= run.counted[c]) {
          const from = start + Math.floor(c / 3) * run.stretch;
          this.#pass = { kind: 'ties', pattern, from, to: from + run.stretch };
          return;
        }
        this.#left -= run.counted[c];
      }
    }
  }

  #addTies(
    { pattern, from }: Extract<Pass, { kind: 'ties' }>,
    positions: Uint32Array,
    start: number,
  ): void {
    let before = 0;
    while (before < positions.length && start + positions[before] < from) before++;
    const count = positions.length - before;
    if (count < this.#left) this.#left -= count;
    else this.#finish(magnitudeOf(pattern), start + positions[before + this.#left - 1]);
  }

  #beginHistograms(): void {
    this.#left = this.#k;
    this.#histogram = new Float64Array(COARSE_BINS);
    this.#pass = { kind: 'coarse' };
  }

  #finishHistogram(pass: Extract<Pass, { kind: 'coarse' | 'fine' }>): void {
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
    const everywhere = { from: 0, to: this.#elementCount };
    if (inBin > this.#left) this.#pass = { kind: 'ties', pattern, ...everywhere };
    else this.#finish(magnitudeOf(pattern), this.#elementCount - 1);
  }

  #finish(magnitude: number, lastIndex: number): void {
    this.#cut = { magnitude, lastIndex };
    this.#pass = null;
    this.#histogram = new Float64Array(0);
  }
}

type PlacedRun = { readonly start: number; readonly run: Bracketed };
type Listed = { readonly patterns: Uint32Array<ArrayBuffer>; readonly indices: Float64Array };

/** What runs hold of high (level 0), pivot (1) or low (2). */
function countedOf(runs: readonly PlacedRun[], level: number): number {
  let sum = 0;
  for (const { run } of runs) {
    for (let c = level; c < run.counted.length; c += 3) sum += run.counted[c];
  }
  return sum;
}

/** What runs list strictly between two patterns, by ascending index. */
function listedOf(runs: readonly PlacedRun[], below: number, above: number): Listed {
  const most = runs.reduce((sum, { run }) => sum + run.patterns.length, 0);
  const patterns = new Uint32Array(most);
  const indices = new Float64Array(most);
  let count = 0;
  for (const { start, run } of runs) {
    for (let i = 0; i < run.patterns.length; i++) {
      if (run.patterns[i] <= below || run.patterns[i] >= above) continue;
      patterns[count] = run.patterns[i];
      indices[count] = start + run.positions[i];
      count++;
    }
  }
  return { patterns: patterns.slice(0, count), indices: indices.slice(0, count) };
}

/** The cut for an array that is in memory as a whole. */
export function selectMagnitude(values: Float32Array, k: number, sample?: Float32Array): Cut {
  const select = new MagnitudeSelect(k, values.length, sample);
  while (select.pass) {
    select.add(collect(select.pass, values), 0);
    select.finishPass();
  }
  return select.cut;
}

function magnitudeOf(pattern: number): number {
  return new Float32Array(Uint32Array.of(pattern).buffer)[0];
}
