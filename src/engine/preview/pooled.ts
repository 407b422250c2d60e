/** One trim threshold for each expert over the whole model, from samples. */
import type { Plan } from '../../plan/types.ts';
import { elementsIn } from '../../views/sampling.ts';
import { deltasOf } from './deltas.ts';
import type { Selection } from './selection.ts';
import type { Tools } from './tools.ts';
import { visit } from './visit.ts';

/**
 * By expert: the magnitude at the rank that the plan keeps of the whole model, with every sampled element counting as the
 * elements that it stands for. Null where each tensor has its own.
 */
export async function pooledMagnitudes(
  { wholeModelCounts }: Pick<Plan, 'wholeModelCounts'>,
  { picked }: Selection,
  tools: Tools,
): Promise<readonly number[] | null> {
  if (wholeModelCounts === null) return null;
  const found = wholeModelCounts.map((): Weighed[] => []);
  for await (const { subject, runs: runsOf, stratum } of visit(picked, tools)) {
    for (const { merge } of subject.merges) {
      const runs = runsOf(merge);
      const seen = elementsIn(runs);
      if (seen === 0) continue;
      const { x, base, own } = await deltasOf(subject, merge, runs, tools);
      for (const [k, deltas] of own.entries()) {
        const magnitudes = sortedOnce(deltas, x[k], base);
        const each = (stratum.standsFor * merge.elementCount) / seen;
        found[merge.ordinals[k]].push({ magnitudes, each });
      }
    }
  }
  return wholeModelCounts.map((count, expert) => magnitudeAt(found[expert], count));
}

type Sorted = { readonly base: Float32Array | null; readonly magnitudes: Float32Array };
const sorted = new WeakMap<Float32Array, Sorted>();

/** While a sample is kept so is its order: another density asks for another rank in it. */
function sortedOnce(
  deltas: Float32Array,
  sample: Float32Array,
  base: Float32Array | null,
): Float32Array {
  const before = sorted.get(sample);
  if (before && before.base === base) return before.magnitudes;
  const magnitudes = deltas.map(Math.abs).sort();
  sorted.set(sample, { base, magnitudes });
  return magnitudes;
}

type Weighed = {
  /** In ascending order. */
  readonly magnitudes: Float32Array;
  /** How many elements each stands for. */
  readonly each: number;
};

/** The largest magnitude that `count` elements reach: by bisection over all bit patterns of f32. */
function magnitudeAt(lists: readonly Weighed[], count: number): number {
  const total = lists.reduce((sum, { magnitudes, each }) => sum + magnitudes.length * each, 0);
  if (count >= total) return 0;
  if (count <= 0) return Number.POSITIVE_INFINITY;
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  let low = 0;
  let high = 0x7f800000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    bits[0] = middle;
    const reached = lists.reduce((sum, list) => sum + atLeast(list, value[0]), 0);
    if (reached >= count) low = middle;
    else high = middle;
  }
  bits[0] = low;
  return value[0];
}

/** How many elements have at least this magnitude. */
function atLeast({ magnitudes, each }: Weighed, limit: number): number {
  let low = 0;
  let high = magnitudes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (magnitudes[middle] >= limit) high = middle;
    else low = middle + 1;
  }
  return (magnitudes.length - low) * each;
}
