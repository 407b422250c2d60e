/** Magnitudes of sampled task vectors in order: another density is looked up, not searched for. */
import type { Backend } from '../../compute/backend.ts';
import { subtract } from '../../methods/steps.ts';
import { roundTo, type WorkDtype } from '../../numerics/round.ts';
import type { Cut } from '../../numerics/select.ts';

type Plane = Float32Array<ArrayBuffer>;

/** Values of a plane as they were read, which tell it from others, and as methods see them. */
export type Sampled = { readonly decoded: Plane; readonly x: Plane };

/** Bits of |x − base|, which order as the magnitudes do, and what they depend on besides the plane. */
type Ranked = {
  readonly of: string;
  readonly base: Plane | null;
  /** In the order of the elements, and in ascending order. */
  readonly patterns: Uint32Array<ArrayBuffer>;
  readonly sorted: Uint32Array<ArrayBuffer>;
};

const known = new WeakMap<Plane, Ranked>();

/** By the plane as it was read: forgotten with it. */
function rankedOf(
  { decoded, x }: Sampled,
  base: Sampled | null,
  readAs: WorkDtype,
  work: WorkDtype,
): Ranked {
  const of = `${readAs} ${work}`;
  const under = base?.decoded ?? null;
  const found = known.get(decoded);
  if (found?.of === of && found.base === under) return found;
  const patterns = patternsOf(x, base?.x ?? null, work);
  const made = { of, base: under, patterns, sorted: patterns.slice().sort() };
  known.set(decoded, made);
  return made;
}

/** Measures a sample as `backend` does, but looks up where magnitudes end that were sorted before. */
export function ranked(
  backend: Pick<Backend, 'measure'>,
  planes: readonly Sampled[],
  base: Sampled | null,
  readAs: WorkDtype,
): Pick<Backend, 'measure'> {
  return {
    async measure(blocks, measures, context, signal) {
      const others = measures.filter(({ kind }) => kind !== 'magnitude');
      const answers = others.length ? await backend.measure(blocks, others, context, signal) : [];
      let next = 0;
      return measures.map((measure) => {
        if (measure.kind !== 'magnitude') return answers[next++];
        const { patterns, sorted } = rankedOf(planes[measure.model], base, readAs, context.work);
        const { magnitude, lastIndex } = cutIn(patterns, sorted, measure.count);
        return [magnitude, lastIndex];
      });
    },
  };
}

/** |x − base|, rounded to `work`, in ascending order. */
export function sortedMagnitudes(
  plane: Sampled,
  base: Sampled | null,
  { readAs, work }: { readonly readAs: WorkDtype; readonly work: WorkDtype },
): Float32Array {
  return new Float32Array(rankedOf(plane, base, readAs, work).sorted.buffer);
}

function patternsOf(x: Plane, base: Plane | null, work: WorkDtype): Uint32Array<ArrayBuffer> {
  const tau = x.slice();
  if (base) subtract(x, base, tau, roundTo(work));
  const bits = new Uint32Array(tau.buffer);
  for (let i = 0; i < bits.length; i++) bits[i] &= 0x7fffffff;
  return bits;
}

/**
 * Where the `count` largest end, the lowest index first among equals: what a backend's search finds.
 *
 * @param patterns in the order of the elements
 * @param sorted the same in ascending order
 */
export function cutIn(patterns: Uint32Array, sorted: Uint32Array, count: number): Cut {
  const { length } = sorted;
  if (count <= 0) return { magnitude: Number.POSITIVE_INFINITY, lastIndex: -1 };
  if (count >= length) return { magnitude: 0, lastIndex: length - 1 };
  const pattern = sorted[length - count];
  const magnitude = new Float32Array(Uint32Array.of(pattern).buffer)[0];
  if (sorted[length - count - 1] !== pattern) return { magnitude, lastIndex: length - 1 };
  let end = length - count;
  while (sorted[end] === pattern) end += 1;
  let left = count - (length - end);
  for (let i = 0; ; i++) {
    if (patterns[i] === pattern && --left === 0) return { magnitude, lastIndex: i };
  }
}
