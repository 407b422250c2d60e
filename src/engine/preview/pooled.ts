/** One trim threshold for each expert over the whole model, from samples. */
import type { WorkDtype } from '../../numerics/round.ts';
import type { MergePart, Plan, PlaneRef } from '../../plan/types.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import { commonWork } from '../tensor/whole-model.ts';
import { sortedMagnitudes } from './ranked.ts';
import { readAs } from './sample.ts';
import type { Selection } from './selection.ts';
import type { Subject } from './subjects.ts';
import type { Tools } from './tools.ts';
import { visit } from './visit.ts';

/**
 * By expert: the magnitude at the rank that the plan keeps of the whole model, with every sampled element counting as the
 * elements that it stands for. Null where each tensor has its own.
 */
export async function pooledMagnitudes(
  { wholeModelCounts }: Pick<Plan, 'wholeModelCounts'>,
  { picked, subjects }: Pick<Selection, 'picked' | 'subjects'>,
  tools: Tools,
): Promise<readonly number[] | null> {
  if (wholeModelCounts === null) return null;
  const found = wholeModelCounts.map((): Weighed[] => []);
  const merges = subjects.flatMap((subject) => subject.merges.map(({ merge }) => merge));
  const works = wholeModelCounts.map((_, expert) =>
    commonWork(
      merges.flatMap(({ ordinals, precision }) => (ordinals.includes(expert) ? [precision] : [])),
    ),
  );
  for await (const { subject, runs: runsOf, stratum } of visit(picked, tools)) {
    for (const { merge } of subject.merges) {
      const runs = runsOf(merge);
      const seen = elementsIn(runs);
      if (seen === 0) continue;
      const own = await sampledIn(subject, merge, runs, works, tools);
      for (const [k, magnitudes] of own.entries()) {
        const each = (stratum.standsFor * merge.elementCount) / seen;
        found[merge.ordinals[k]].push({ magnitudes, each });
      }
    }
  }
  return wholeModelCounts.map((count, expert) => magnitudeAt(found[expert], count));
}

/** By plane of the merge: |x − base| of its sample, in ascending order. `works`: by expert, what task vectors are rounded to. */
async function sampledIn(
  { tensor }: Subject,
  { planes, base, precision, ordinals }: MergePart,
  runs: readonly Run[],
  works: readonly WorkDtype[],
  { sources, samples, budget, signal }: Tools,
): Promise<readonly Float32Array[]> {
  const read = async (plane: PlaneRef) => {
    const { decoded } = await samples.read(plane, runs, { sources, tensor, budget }, signal);
    return { decoded, x: readAs(decoded, precision.readAs) };
  };
  const under = base && (await read(base));
  const own = await Promise.all(planes.map(read));
  return own.map((plane, k) =>
    sortedMagnitudes(plane, under, { readAs: precision.readAs, work: works[ordinals[k]] }),
  );
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

/** How many elements have at least this magnitude; NaN, which lies behind all others, has. */
function atLeast({ magnitudes, each }: Weighed, limit: number): number {
  let low = 0;
  let high = magnitudes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (magnitudes[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return (magnitudes.length - low) * each;
}
