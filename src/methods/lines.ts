/**
 * A tensor seen as vectors of equal length: rows, columns. Their elements lie `step` apart; the vectors are numbered
 * as their first elements lie.
 */
export type Lines = { readonly length: number; readonly step: number };

/** Vectors along the last dimension: the rows of a matrix. A single number is a vector of one. */
export function alongLast(shape: readonly number[]): Lines {
  return { length: shape.at(-1) ?? 1, step: 1 };
}

/** Vectors along the first dimension: the columns of a matrix. */
export function alongFirst([length = 1, ...inner]: readonly number[]): Lines {
  return { length, step: inner.reduce((product, size) => product * size, 1) };
}

/**
 * Vectors along the second dimension: the rows of a matrix, of a stack of matrices their columns. A tensor of fewer
 * dimensions is one vector.
 */
export function alongSecond(shape: readonly number[]): Lines {
  return shape.length < 2 ? alongLast(shape) : alongFirst(shape.slice(1));
}

/** The shape of the first elements of a tensor: whole rows, where not all of them are merged. */
export function mergedShape(shape: readonly number[], elementCount: number): readonly number[] {
  if (shape.length === 0) return shape;
  const { step } = alongFirst(shape);
  return [step === 0 ? 0 : elementCount / step, ...shape.slice(1)];
}

/** How many vectors so many elements are. */
export function lineCount({ length }: Lines, elementCount: number): number {
  return length === 0 ? 0 : elementCount / length;
}

/** Elements after which vectors begin anew. */
export function unitOf({ length, step }: Lines): number {
  return length * step;
}

/**
 * Goes over elements `start` … `start + count` in stretches: of one vector, or of neighbours one element each.
 * `from` and `to` count from `start`; `line` is the vector of the first of them.
 */
export function eachStretch(
  { length, step }: Lines,
  start: number,
  count: number,
  visit: (line: number, from: number, to: number) => void,
): void {
  const longest = step === 1 ? length : step;
  for (let from = 0; from < count; ) {
    const at = start + from;
    const to = Math.min(count, from + longest - (at % longest));
    visit(Math.floor(at / (length * step)) * step + (at % step), from, to);
    from = to;
  }
}

/**
 * Numbers that a formula reads beside the models, one for each element: too many for coefficients. They come as
 * planes of f32 that are computed on the CPU, the same on every backend: `guide(p, i)` in WGSL, `at.guides[p]` here.
 */
export type Guides = { readonly lines: Lines } & (
  | {
      /** The number of an element depends on the vector that it lies in. */
      readonly by: 'line';
      /** By plane the number of each. */
      readonly values: readonly ArrayLike<number>[];
    }
  | {
      /** It depends on the rank of |τ| in its vector, of the model that the plane is for: see `rankInto`. */
      readonly by: 'rank';
      readonly values: readonly OfRank[];
    }
);

/** The number of a rank in its vector, from 0 for the smallest. */
export type OfRank = (rank: number) => number;

/** The planes of elements `start` … , as many as each of `out` takes, where they go by the vector. */
export function guideInto(
  { lines, values }: Extract<Guides, { by: 'line' }>,
  start: number,
  out: readonly Float32Array[],
): void {
  for (const [p, plane] of out.entries()) {
    const own = values[p];
    eachStretch(lines, start, plane.length, (line, from, to) => {
      if (lines.step === 1) plane.fill(own[line], from, to);
      else for (let i = from; i < to; i++) plane[i] = own[line + i - from];
    });
  }
}

/** Vectors up to this length are sorted; longer ones go through three passes by 11 bits of their magnitudes each. */
const SHORT = 256;
const DIGITS = 2048;

/**
 * Of every element of whole vectors the number of its rank in its own: from 0 for the smallest |τ|; of equal ones the
 * lowest index counts as the largest. NaN counts as larger than any number.
 */
export function rankInto(
  { length, step }: Lines,
  tau: Float32Array<ArrayBuffer>,
  of: OfRank,
  out: Float32Array,
): void {
  const bits = new Uint32Array(tau.buffer, tau.byteOffset, tau.length);
  const numbers = Float32Array.from({ length }, (_, rank) => of(rank));
  const rank = length <= SHORT ? sorted(length, step) : counted(length, step);
  for (let unit = 0; unit < tau.length; unit += length * step) {
    for (let first = unit; first < unit + step; first++) rank(bits, first, numbers, out);
  }
}

/** Ranks one vector, by its first element. */
type RankOne = (bits: Uint32Array, first: number, numbers: Float32Array, out: Float32Array) => void;

function sorted(length: number, step: number): RankOne {
  // Magnitudes, and in each the place as what decides among equals.
  const keys = new Float64Array(length);
  return (bits, first, numbers, out) => {
    for (let j = 0; j < length; j++) {
      keys[j] = (bits[first + j * step] & 0x7fffffff) * SHORT + (SHORT - 1 - j);
    }
    keys.sort();
    for (let rank = 0; rank < length; rank++) {
      out[first + (SHORT - 1 - (keys[rank] % SHORT)) * step] = numbers[rank];
    }
  };
}

/** A radix sort: each pass keeps the order of those before it, and the first begins with the highest index. */
function counted(length: number, step: number): RankOne {
  const magnitudes = new Uint32Array(length);
  const [byLow, byMiddle] = [new Uint32Array(length), new Uint32Array(length)];
  const [low, middle, high] = [0, 1, 2].map(() => new Uint32Array(DIGITS));
  return (bits, first, numbers, out) => {
    for (const counts of [low, middle, high]) counts.fill(0);
    for (let j = 0; j < length; j++) {
      const magnitude = bits[first + j * step] & 0x7fffffff;
      magnitudes[j] = magnitude;
      low[magnitude & 2047]++;
      middle[(magnitude >>> 11) & 2047]++;
      high[magnitude >>> 22]++;
    }
    for (const counts of [low, middle, high]) toPlaces(counts);
    for (let j = length - 1; j >= 0; j--) byLow[low[magnitudes[j] & 2047]++] = j;
    for (let i = 0; i < length; i++) {
      const j = byLow[i];
      byMiddle[middle[(magnitudes[j] >>> 11) & 2047]++] = j;
    }
    for (let i = 0; i < length; i++) {
      const j = byMiddle[i];
      out[first + j * step] = numbers[high[magnitudes[j] >>> 22]++];
    }
  };
}

/** Counts become the places at which each digit begins. */
function toPlaces(counts: Uint32Array): void {
  let next = 0;
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit];
    counts[digit] = next;
    next += count;
  }
}
