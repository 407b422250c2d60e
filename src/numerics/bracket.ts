/**
 * A shortcut to the k-th largest magnitude: a sample tells between which two bit patterns it almost
 * surely lies, so one pass counts what lies above and lists the few inside. Task vectors of bf16 models
 * hold few distinct values, and then a single one of them, the pivot, may be a good part of the tensor:
 * its occurrences are counted, not listed.
 */

/** Bit patterns of magnitudes, inclusive: low ≤ pivot ≤ high. */
export type Bracket = { readonly low: number; readonly high: number; readonly pivot: number };

/** What a run of values holds of a bracket. */
export type Bracketed = {
  readonly above: number;
  /** Occurrences of the pivot in each stretch of the run; every stretch but the last is `stretch` long. */
  readonly pivots: Uint32Array<ArrayBuffer>;
  readonly stretch: number;
  /** Places in the run of the others inside the bracket, ascending, and their patterns. */
  readonly positions: Uint32Array<ArrayBuffer>;
  readonly patterns: Uint32Array<ArrayBuffer>;
};

/** Largest bit pattern of a magnitude, a NaN. */
const LARGEST_PATTERN = 0x7fffffff;

/** How many standard deviations of a sample's rank the bracket reaches to either side. */
const REACH = 5;

/** The bracket of the k-th largest of `elementCount` magnitudes, 0 < k < n, from a sample of them. */
export function bracketFrom(sample: Float32Array, k: number, elementCount: number): Bracket {
  const size = sample.length;
  const rank = (k / elementCount) * size;
  // 8 more, for ranks near the ends, where the normal law does not hold.
  const margin = REACH * Math.sqrt(rank * (1 - rank / size)) + 8;
  const patterns = new Uint32Array(sample.buffer, sample.byteOffset, size).map(
    (word) => word & LARGEST_PATTERN,
  );
  patterns.sort();
  const at = (wanted: number) => patterns[size - Math.min(size, Math.max(1, Math.round(wanted)))];
  return {
    low: rank + margin >= size ? 0 : at(rank + margin),
    high: rank - margin < 1 ? LARGEST_PATTERN : at(rank - margin),
    pivot: at(rank),
  };
}

/** Sorts one run into the bracket. */
export function collectBracketed({ low, high, pivot }: Bracket, values: Float32Array): Bracketed {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  const listed = new Uint32Array(words.length);
  let above = 0;
  let pivots = 0;
  let count = 0;
  // Patterns are below 2³¹, so the sign of a difference is the comparison, without a branch that would
  // be guessed wrong every other time.
  for (let i = 0; i < words.length; i++) {
    const pattern = words[i] & LARGEST_PATTERN;
    const inside = 1 + (((pattern - low) | (high - pattern)) >> 31);
    const difference = pattern ^ pivot;
    const isOther = (difference | -difference) >>> 31;
    above += (high - pattern) >>> 31;
    pivots += 1 - isOther;
    listed[count] = i;
    count += inside & isOther;
  }
  const positions = listed.slice(0, count);
  const patterns = positions.map((position) => words[position] & LARGEST_PATTERN);
  return { above, pivots: Uint32Array.of(pivots), stretch: words.length, positions, patterns };
}

/** The bracketed stretches of one run, each but the last `stretch` long, as one. */
export function joinBracketed(parts: readonly Bracketed[], stretch: number): Bracketed {
  const listed = parts.reduce((sum, part) => sum + part.positions.length, 0);
  const positions = new Uint32Array(listed);
  const patterns = new Uint32Array(listed);
  let filled = 0;
  parts.forEach((part, p) => {
    for (let i = 0; i < part.positions.length; i++) {
      positions[filled] = p * stretch + part.positions[i];
      patterns[filled] = part.patterns[i];
      filled++;
    }
  });
  const above = parts.reduce((sum, part) => sum + part.above, 0);
  const pivots = Uint32Array.from(parts, (part) => part.pivots[0]);
  return { above, pivots, stretch, positions, patterns };
}
