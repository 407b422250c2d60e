/** How large the changes of each expert are over the whole model, from the samples of every tensor. */
import type { MergePart } from '../../plan/types.ts';

/** Magnitudes by expert that travel; of more, so many evenly spread over their ranks. */
const most = 2 ** 16;

type Part = { readonly values: Float32Array; readonly each: number };
export type Whole = { readonly elementCount: number; readonly magnitudes: Float32Array };

export class WholeModel {
  readonly #parts = new Map<number, Part[]>();

  /** Samples of one merge, by its planes, which stands for so many like it: each value does for a share of their elements. */
  take(
    { ordinals, elementCount }: MergePart,
    own: readonly Float32Array[],
    standsFor: number,
  ): void {
    for (const [k, ordinal] of ordinals.entries()) {
      const parts = this.#parts.get(ordinal) ?? [];
      this.#parts.set(ordinal, parts);
      parts.push({ values: own[k], each: (standsFor * elementCount) / own[k].length });
    }
  }

  /** Elements that an expert takes part in, and |τ| from the largest to the smallest, evenly spread over their ranks. */
  of(ordinal: number): Whole {
    const parts = this.#parts.get(ordinal) ?? [];
    const sampled = parts.reduce((sum, { values }) => sum + values.length, 0);
    const elementCount = parts.reduce((sum, { values, each }) => sum + each * values.length, 0);
    const sorted = sort(parts, sampled);
    const magnitudes = new Float32Array(Math.min(most, sampled));
    const step = elementCount / magnitudes.length;
    let reached = 0;
    let filled = 0;
    for (let i = sampled - 1; i >= 0; i--) {
      const { magnitude, part } = unpacked(sorted[i]);
      reached += parts[part].each;
      // Less than half an element is what sums of shares miss by.
      while (filled < magnitudes.length && reached > (filled + 1) * step - 0.5) {
        magnitudes[filled] = magnitude;
        filled += 1;
      }
    }
    return { elementCount: Math.round(elementCount), magnitudes };
  }
}

/** Parts that fit beside a magnitude's 31 bits in the 53 of a double. */
const mostParts = 2 ** 22;
const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Magnitudes of all parts in ascending order, each with the number of its part: bit patterns order as magnitudes do. */
function sort(parts: readonly Part[], sampled: number): Float64Array {
  const packed = new Float64Array(sampled);
  let at = 0;
  for (const [p, { values }] of parts.entries()) {
    const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (const pattern of patterns) {
      packed[at] = (pattern & 0x7fffffff) * mostParts + p;
      at += 1;
    }
  }
  return packed.sort();
}

function unpacked(value: number): { readonly magnitude: number; readonly part: number } {
  bits[0] = Math.floor(value / mostParts);
  return { magnitude: float[0], part: value % mostParts };
}
