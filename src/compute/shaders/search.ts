/**
 * The exact k-th largest magnitude from what the GPU counts: the decisions between its passes. A sample
 * gives a bracket that almost surely holds the answer and a guess that is right when magnitudes repeat,
 * as they do in bf16. Each step counts what lies above the bracket, what equals the guess, and a
 * histogram of the rest of the bracket; a bracket that missed gives way to the range on that side.
 */
import type { Cut } from '../../numerics/select.ts';
import { SLAB_TURNS, THREADS } from './structs.ts';

/** As in select.wgsl. */
export const BINS = 2048;
/** Words before the histograms in select.wgsl. */
export const FLAGS = 1;
/** Elements that one workgroup goes over. */
export const SLAB = 4 * SLAB_TURNS * THREADS;
/** Above every magnitude pattern. */
export const OUTSIDE = 0x80000000;

export type Bracket = {
  readonly low: number;
  readonly high: number;
  readonly shift: number;
  readonly guess: number;
};

/** What the next pass over the tensor has to do; patterns are f32 bits without the sign. */
export type Pass =
  | { readonly kind: 'sample'; readonly stride: number }
  | ({ readonly kind: 'step' } & Bracket)
  /** Magnitudes of the slab that begins at element `start`, to find the one of `rank` among equals. */
  | {
      readonly kind: 'locate';
      readonly start: number;
      readonly pattern: number;
      readonly rank: number;
    };

type Next = Pass | { readonly kind: 'found'; readonly cut: Cut };

const CHANGED = 'The values changed between two passes';

/** What a step counted in one piece of the tensor, slab by slab. */
export type Counted = {
  /** Index in the tensor of the first element of each slab. */
  readonly starts: readonly number[];
  /** [above the bracket, equal to the guess] of each slab. */
  readonly counts: Uint32Array;
  /** How many zeros around the block each slab counted as if they were elements. */
  readonly zeros: readonly number[];
  /** The rest of the bracket, in bins. */
  readonly histogram: Uint32Array;
};

/** Elements of one slab that equal the guess. */
type Slab = { readonly start: number; readonly equal: number };

/** Standard deviations of the sample's rank on either side: a miss in some ten thousand. */
const MARGIN = 4;

export class Search {
  readonly #count: number;
  readonly #elementCount: number;
  #pass: Pass | null;
  #cut: Cut | null = null;
  /** Magnitudes that were sampled; sorted, the largest first, once all are there. */
  #sample = new Uint32Array(0);
  #above = 0;
  readonly #histogram = new Float64Array(BINS);
  #slabs: Slab[] = [];

  /** Keeps `count` of `elementCount` elements; looks at about `sampleSize` of them first. */
  constructor(count: number, elementCount: number, sampleSize: number) {
    this.#count = count;
    this.#elementCount = elementCount;
    this.#pass = { kind: 'sample', stride: Math.max(1, Math.ceil(elementCount / sampleSize)) };
    const none = { magnitude: Number.POSITIVE_INFINITY, lastIndex: -1 };
    if (count <= 0) this.#goOn({ kind: 'found', cut: none });
    else if (count >= elementCount) this.#goOn(this.#all(0));
  }

  /** What to collect now; null when the cut is known. */
  get pass(): Pass | null {
    return this.#pass;
  }

  get cut(): Cut {
    if (!this.#cut) throw new Error('The search has passes left');
    return this.#cut;
  }

  /** Takes sampled magnitudes, `OUTSIDE` where there was no element. */
  addSample(taken: Uint32Array): void {
    const found = taken.filter((pattern) => pattern < OUTSIDE);
    const longer = new Uint32Array(this.#sample.length + found.length);
    longer.set(this.#sample);
    longer.set(found, this.#sample.length);
    this.#sample = longer;
  }

  /** Takes what a step counted in one piece. */
  addStep({ starts, counts, histogram, zeros }: Counted): void {
    if (this.#pass?.kind !== 'step') return;
    const { low, guess } = this.#pass;
    for (const [slab, start] of starts.entries()) {
      this.#above += counts[2 * slab];
      const equal = counts[2 * slab + 1] - (guess === 0 ? zeros[slab] : 0);
      this.#slabs.push({ start, equal });
    }
    for (let bin = 0; bin < BINS; bin++) this.#histogram[bin] += histogram[bin];
    if (low === 0 && guess !== 0) for (const more of zeros) this.#histogram[0] -= more;
  }

  /** Takes the magnitudes of the slab that was asked for, from its first element on. */
  addSlab(taken: Uint32Array): void {
    if (this.#pass?.kind !== 'locate') return;
    const { start, pattern } = this.#pass;
    let rank = this.#pass.rank;
    const at = taken.findIndex((found) => found === pattern && --rank === 0);
    if (at < 0) throw new Error(CHANGED);
    this.#goOn({ kind: 'found', cut: { magnitude: floatOf(pattern), lastIndex: start + at } });
  }

  finishPass(): void {
    if (this.#pass?.kind === 'sample') this.#goOn(this.#afterSample());
    else if (this.#pass?.kind === 'step') this.#goOn(this.#afterStep(this.#pass));
  }

  #afterSample(): Next {
    const sorted = this.#sample.sort().reverse();
    const size = sorted.length;
    const share = this.#count / this.#elementCount;
    // A sample of all elements knows the answer; others miss it by a binomial deviation.
    const whole = size === this.#elementCount;
    const miss = whole ? 0 : 2 + MARGIN * Math.sqrt(size * share * (1 - share));
    const rank = Math.max(0, Math.ceil(share * size) - 1);
    const top = Math.floor(rank - miss);
    const bottom = Math.ceil(rank + miss);
    const high = top >= 0 ? sorted[top] + 1 : OUTSIDE;
    const low = bottom < size ? sorted[bottom] : 0;
    return stepOver(low, high, sorted[rank] ?? low);
  }

  #afterStep({ low, high, shift, guess }: Bracket): Next {
    let left = this.#count - this.#above;
    if (left <= 0) return stepOver(high, OUTSIDE, high);
    const equal = this.#slabs.reduce((sum, slab) => sum + slab.equal, 0);
    const guessBin = (guess - low) >>> shift;
    for (let bin = BINS - 1; bin >= 0; bin--) {
      const others = this.#histogram[bin];
      const inBin = others + (bin === guessBin ? equal : 0);
      if (left > inBin) {
        left -= inBin;
        continue;
      }
      if (bin === guessBin && others === 0) return this.#afterGuess(guess, left, equal);
      const bottom = low + bin * 2 ** shift;
      const top = Math.min(high, bottom + 2 ** shift);
      if (shift === 0 && left === inBin) return this.#all(bottom);
      return stepOver(bottom, top, this.#guessIn(bottom, top));
    }
    return stepOver(0, low, this.#guessIn(0, low));
  }

  /** The guess was right: `left` of `equal` elements are kept, the first ones. */
  #afterGuess(guess: number, left: number, equal: number): Next {
    if (left === equal) return this.#all(guess);
    let before = 0;
    const slab = this.#slabs.find((one) => {
      const reached = before + one.equal >= left;
      if (!reached) before += one.equal;
      return reached;
    });
    if (!slab) throw new Error(CHANGED);
    return { kind: 'locate', start: slab.start, pattern: guess, rank: left - before };
  }

  /** All elements of one magnitude are kept: no need to know where they lie. */
  #all(pattern: number): Next {
    return {
      kind: 'found',
      cut: { magnitude: floatOf(pattern), lastIndex: this.#elementCount - 1 },
    };
  }

  /** The sampled pattern in the middle of those in a range, else its first. */
  #guessIn(low: number, high: number): number {
    const inside = this.#sample.filter((pattern) => pattern >= low && pattern < high);
    return inside[inside.length >> 1] ?? low;
  }

  #goOn(next: Next): void {
    this.#pass = next.kind === 'found' ? null : next;
    this.#cut = next.kind === 'found' ? next.cut : null;
    this.#above = 0;
    this.#histogram.fill(0);
    this.#slabs = [];
  }
}

/** A step over a range of patterns, with the narrowest bins that reach over it. */
function stepOver(low: number, high: number, guess: number): Next {
  if (high <= low) throw new Error(CHANGED);
  let shift = 0;
  while ((high - low - 1) / 2 ** shift >= BINS) shift++;
  return { kind: 'step', low, high, shift, guess };
}

function floatOf(pattern: number): number {
  return new Float32Array(Uint32Array.of(pattern).buffer)[0];
}
