/**
 * How large the elements of a task vector are: |Δ| in bins over the bit patterns of f32, 32 to a doubling, so that one pass
 * over any number of elements tells every quantile to about one part in a hundred. Plain data of bounded size.
 */

/** Bits of an f32 below those that name its bin. */
const shift = 18;
/** Up to the largest finite value. */
const binCount = 0x7f800000 >>> shift;
const perDoubling = 2 ** (23 - shift);

/** Bins from the first to the last that holds anything, largest magnitudes last. */
export type Magnitudes = {
  /** Elements there are, with those that are zero. */
  readonly elements: number;
  /** Σ|Δ| and Σ Δ² of all. */
  readonly mass: number;
  readonly squares: number;
  readonly most: number;
  /** Number of the first bin. */
  readonly first: number;
  /** By bin: elements, Σ|Δ|, Σ Δ², and the limits of what is in it. */
  readonly counts: Float64Array;
  readonly masses: Float64Array;
  readonly squaresIn: Float64Array;
  readonly least: Float64Array;
  readonly largest: Float64Array;
};

/** Counts magnitudes. A value that is not a number or not finite is no change, like zero. */
export class MagnitudeBins {
  #elements = 0;
  /** Bins [from, to) hold all there is. */
  #from = binCount;
  #to = 0;
  readonly #counts = new Float64Array(binCount);
  readonly #masses = new Float64Array(binCount);
  readonly #squares = new Float64Array(binCount);
  readonly #least = new Float64Array(binCount).fill(Number.POSITIVE_INFINITY);
  readonly #largest = new Float64Array(binCount);

  /** @param each how many elements each of the values stands for */
  take(values: Float32Array, each = 1): void {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    this.#elements += values.length * each;
    for (let i = 0; i < values.length; i++) {
      const bin = (bits[i] & 0x7fffffff) >>> shift;
      const size = Math.abs(values[i]);
      if (size === 0 || bin >= binCount) continue;
      if (bin < this.#from) this.#from = bin;
      if (bin >= this.#to) this.#to = bin + 1;
      this.#counts[bin] += each;
      this.#masses[bin] += each * size;
      this.#squares[bin] += each * size * size;
      if (size < this.#least[bin]) this.#least[bin] = size;
      if (size > this.#largest[bin]) this.#largest[bin] = size;
    }
  }

  /** Adds others, every count and sum times `factor`. */
  add(other: MagnitudeBins, factor = 1): void {
    this.#elements += factor * other.#elements;
    this.#from = Math.min(this.#from, other.#from);
    this.#to = Math.max(this.#to, other.#to);
    for (let bin = other.#from; bin < other.#to; bin++) {
      this.#counts[bin] += factor * other.#counts[bin];
      this.#masses[bin] += factor * other.#masses[bin];
      this.#squares[bin] += factor * other.#squares[bin];
      this.#least[bin] = Math.min(this.#least[bin], other.#least[bin]);
      this.#largest[bin] = Math.max(this.#largest[bin], other.#largest[bin]);
    }
  }

  clear(): void {
    this.#elements = 0;
    for (const of of [this.#counts, this.#masses, this.#squares, this.#largest]) {
      of.fill(0, this.#from, this.#to);
    }
    this.#least.fill(Number.POSITIVE_INFINITY, this.#from, this.#to);
    this.#from = binCount;
    this.#to = 0;
  }

  sum(): Magnitudes {
    const first = Math.min(this.#from, this.#to);
    const part = (of: Float64Array) => of.slice(first, this.#to);
    const masses = part(this.#masses);
    const squaresIn = part(this.#squares);
    return {
      elements: this.#elements,
      mass: total(masses),
      squares: total(squaresIn),
      most: this.#to > 0 ? this.#largest[this.#to - 1] : 0,
      first,
      counts: part(this.#counts),
      masses,
      squaresIn,
      least: part(this.#least),
      largest: part(this.#largest),
    };
  }
}

export function nonZero({ counts }: Pick<Magnitudes, 'counts'>): number {
  return total(counts);
}

/** |Δ| in the middle, zeros included; of an even number the lower of the two, as in torch. */
export function median(of: Magnitudes): number {
  return cut(of, Math.floor(of.elements / 2) + 1).threshold;
}

/** What a trim to the largest elements keeps. */
export type Kept = {
  /** Elements, and the smallest magnitude among them; 0 where zeros are kept, too, infinite where nothing is. */
  readonly count: number;
  readonly threshold: number;
  /** ‖kept‖₁ ÷ ‖Δ‖₁ and ‖kept‖₂ ÷ ‖Δ‖₂; null where nothing changes. */
  readonly l1: number | null;
  readonly l2: number | null;
};

/** The largest trunc(density · elements), one at the least, as one threshold over all that was counted would keep them. */
export function keptAt(of: Magnitudes, density: number): Kept {
  const { elements } = of;
  if (density >= 1) return cut(of, elements);
  const count = Math.trunc(density * elements);
  return cut(of, count === 0 && density > 0 ? Math.min(1, elements) : count);
}

/** What a threshold keeps that was set elsewhere: by the whole model for one of its tensors. */
export function keptAbove(of: Magnitudes, threshold: number): Kept {
  return { ...cut(of, densityAt(of, threshold) * of.elements), threshold };
}

/** The share of the elements that are at least as large. */
export function densityAt({ elements, counts, least, largest }: Magnitudes, size: number): number {
  if (size <= 0) return 1;
  let reached = 0;
  for (let i = 0; i < counts.length; i++) {
    if (least[i] >= size) reached += counts[i];
    else if (largest[i] >= size) {
      reached += counts[i] * ((largest[i] - size) / (largest[i] - least[i]));
    }
  }
  return elements > 0 ? reached / elements : 0;
}

function cut(of: Magnitudes, count: number): Kept {
  const { counts, masses, squaresIn, least, largest, mass, squares } = of;
  let left = count;
  let threshold = Number.POSITIVE_INFINITY;
  let l1 = 0;
  let l2 = 0;
  for (let i = counts.length - 1; i >= 0 && left > 0; i--) {
    if (counts[i] === 0) continue;
    const part = Math.min(1, left / counts[i]);
    const along =
      counts[i] > 1 ? Math.min(1, (Math.min(left, counts[i]) - 1) / (counts[i] - 1)) : 1;
    threshold = largest[i] - Math.max(0, along) * (largest[i] - least[i]);
    l1 += part * masses[i];
    l2 += part * squaresIn[i];
    left -= counts[i];
  }
  return {
    count,
    threshold: left > 1e-6 * count ? 0 : threshold,
    l1: mass > 0 ? Math.min(1, l1 / mass) : null,
    l2: squares > 0 ? Math.min(1, Math.sqrt(l2 / squares)) : null,
  };
}

/** A bar of a histogram: elements with `from` ≤ |Δ| < `to`. */
export type Bar = { readonly from: number; readonly to: number; readonly count: number };

/** `bars` to a doubling, without gaps, from the smallest change to the largest. */
export function barsOf({ first, counts }: Magnitudes, bars = 2): readonly Bar[] {
  const width = perDoubling / bars;
  const found = new Map<number, number>();
  for (const [i, count] of counts.entries()) {
    const bar = Math.floor((first + i) / width);
    found.set(bar, (found.get(bar) ?? 0) + count);
  }
  return [...found].map(([bar, count]) => ({
    from: edge(bar * width),
    to: edge((bar + 1) * width),
    count,
  }));
}

/** The magnitude at which a bin begins. */
function edge(bin: number): number {
  return new Float32Array(new Uint32Array([Math.min(0x7f800000, bin << shift)]).buffer)[0];
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
