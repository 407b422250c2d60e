/**
 * A shortcut to the k-th largest magnitude: a sample tells between which two bit patterns it almost
 * surely lies, so one pass counts what lies above and lists the few inside. Task vectors of bf16 models
 * hold few distinct values, and then a single one of them may be a good part of the tensor. So the two
 * ends of the bracket and its middle are counted, not listed; any other inside is rare in the sample.
 */

/** Bit patterns of magnitudes, inclusive: low ≤ pivot ≤ high. */
export type Bracket = { readonly low: number; readonly high: number; readonly pivot: number };

/** What a run of values holds of a bracket. */
export type Bracketed = {
  readonly above: number;
  /**
   * Occurrences of high, pivot and low in each stretch of the run; where two of them are one pattern,
   * the first has them all. Every stretch but the last is `stretch` long.
   */
  readonly counted: Uint32Array<ArrayBuffer>;
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

/** Places of what is not below the bracket; kept from call to call, for making it costs as much as filling it. */
let places = new Uint32Array(0);

/** Sorts one run into the bracket. */
export function collectBracketed({ low, high, pivot }: Bracket, values: Float32Array): Bracketed {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  if (places.length < words.length) places = new Uint32Array(words.length);
  const candidates = placesFrom(words, low, places);
  let above = 0;
  let highs = 0;
  let pivots = 0;
  let lows = 0;
  let count = 0;
  for (let c = 0; c < candidates; c++) {
    const place = places[c];
    const pattern = words[place] & LARGEST_PATTERN;
    if (pattern > high) above++;
    else if (pattern === high) highs++;
    else if (pattern === pivot) pivots++;
    else if (pattern === low) lows++;
    else places[count++] = place;
  }
  const positions = places.slice(0, count);
  const patterns = positions.map((position) => words[position] & LARGEST_PATTERN);
  const counted = Uint32Array.of(highs, pivots, lows);
  return { above, counted, stretch: words.length, positions, patterns };
}

/**
 * Writes the places of patterns ≥ low and returns how many there are. Patterns are below 2³¹, so the
 * sign of a difference is the comparison, without a branch that is guessed wrong; four at a time because
 * this loop sees every element.
 */
function placesFrom(words: Int32Array, low: number, places: Uint32Array): number {
  const below = (low - 1) | 0;
  let count = 0;
  let i = 0;
  for (; i + 3 < words.length; i += 4) {
    const a = words[i] & LARGEST_PATTERN;
    const b = words[i + 1] & LARGEST_PATTERN;
    const c = words[i + 2] & LARGEST_PATTERN;
    const d = words[i + 3] & LARGEST_PATTERN;
    places[count] = i;
    count = (count + ((below - a) >>> 31)) | 0;
    places[count] = i + 1;
    count = (count + ((below - b) >>> 31)) | 0;
    places[count] = i + 2;
    count = (count + ((below - c) >>> 31)) | 0;
    places[count] = i + 3;
    count = (count + ((below - d) >>> 31)) | 0;
  }
  for (; i < words.length; i++) {
    places[count] = i;
    count = (count + ((below - (words[i] & LARGEST_PATTERN)) >>> 31)) | 0;
  }
  return count;
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
  const counted = Uint32Array.from(parts.flatMap((part) => [...part.counted]));
  return { above, counted, stretch, positions, patterns };
}
