/**
 * A method worked through on a handful of numbers: the example the page draws. It asks the method's own
 * measures, coefficients and merge, so the picture cannot disagree with the merge.
 */
import { countKept } from '../numerics/random.ts';
import { selectMagnitude } from '../numerics/select.ts';
import type { Arithmetic } from './dialect.ts';
import type { At, Keep, Measure, MergeMethod } from './method.ts';
import type { ParamValue } from './params.ts';

type ValuesByKey = Readonly<Record<string, ParamValue>>;

export type Example = {
  readonly method: MergeMethod;
  readonly global: ValuesByKey;
  /** One per model. */
  readonly perModel: readonly ValuesByKey[];
  readonly arithmetic: Arithmetic;
  /** One row a model: its changes from a base that is zero everywhere. */
  readonly changes: readonly (readonly number[])[];
};

/** What becomes of one model's change at one position. */
export type Fate = 'counts' | 'overruled' | 'dropped';

export type Worked = {
  /** What each model brings: its change after trim or dropping, times its weight. */
  readonly contributions: readonly (readonly number[])[];
  readonly fates: readonly (readonly Fate[])[];
  /** The elected sign of each position; null when the method holds no election. */
  readonly elected: readonly (-1 | 0 | 1)[] | null;
  /** The merged change. */
  readonly result: readonly number[];
};

export function workThrough(example: Example): Worked {
  const { method, arithmetic, global, changes } = example;
  const planes = changes.map((row) => Float32Array.from(row));
  const measured = measureAll(example, planes);
  // Alone, undivided and unscaled, a model's result is what it brings.
  const alone = {
    ...example,
    arithmetic: { ...arithmetic, divisor: 'none' as const },
    global: 'lambda' in global ? { ...global, lambda: 1 } : global,
  };
  const contributions = planes.map((_, k) => {
    const others = planes.map((plane, j) => (j === k ? plane : new Float32Array(plane.length)));
    return merged(alone, others, measured);
  });
  const elected = method.choices.includes('election') ? elect(example, contributions) : null;
  return {
    contributions,
    elected,
    fates: contributions.map((row, k) =>
      row.map((value, i) => fateOf(vote(example, value, k), elected?.[i] ?? null)),
    ),
    result: merged(example, planes, measured),
  };
}

function fateOf(value: number, elected: -1 | 0 | 1 | null): Fate {
  if (value === 0) return 'dropped';
  return elected === null || value * elected > 0 ? 'counts' : 'overruled';
}

/** What a contribution says in the election: itself, or without its weight. */
function vote({ arithmetic, perModel }: Example, value: number, model: number): number {
  const weight = Number(perModel[model]['weight'] ?? 1);
  return arithmetic.electOn === 'weighted' || weight === 0 ? value : value / weight;
}

function elect(
  example: Example,
  contributions: readonly (readonly number[])[],
): readonly (-1 | 0 | 1)[] {
  const { election, zeroVote } = example.arithmetic;
  return contributions[0].map((_, i) => {
    const votes = contributions.map((row, k) => vote(example, row[i], k));
    const sum = votes.reduce(
      (total, value) => Math.fround(total + (election === 'frequency' ? Math.sign(value) : value)),
      0,
    );
    return sum > 0 ? 1 : sum < 0 ? -1 : zeroVote === 'plus' ? 1 : 0;
  });
}

/** The tensor of the example: its noise is that of a tensor without a name. */
const at: At = { start: 0, tensorKey: 0, ordinals: [0, 1, 2, 3, 4, 5, 6, 7], round: Math.fround };

function merged(
  example: Example,
  planes: readonly Float32Array[],
  measured: readonly (readonly number[])[],
): readonly number[] {
  const { method } = example;
  const length = planes[0].length;
  const c = Float32Array.from(method.coefficients(callOf(example, length), measured));
  const base = new Float32Array(method.arity.base === 'none' ? 0 : length);
  const out = new Float32Array(length);
  method.merge(planes, base, c, at, out);
  return Array.from(out);
}

function callOf({ global, perModel, arithmetic, method }: Example, elementCount: number) {
  const hasBase = method.arity.base !== 'none';
  return { global, perModel, arithmetic, hasBase, elementCount, roundSum: Math.fround };
}

function measureAll(example: Example, planes: readonly Float32Array[]) {
  const call = callOf(example, planes[0].length);
  const answers: (readonly number[])[] = [];
  for (;;) {
    const asked = example.method.measures?.(call, answers) ?? [];
    if (asked.length === 0) return answers;
    answers.push(...asked.map((measure) => answer(measure, planes)));
  }
}

function answer(measure: Measure, planes: readonly Float32Array[]): readonly number[] {
  switch (measure.kind) {
    case 'dot':
      return [planes[measure.a].reduce((sum, x, i) => sum + x * planes[measure.b][i], 0)];
    case 'magnitude': {
      const { magnitude, lastIndex } = selectMagnitude(planes[measure.model], measure.count);
      return [magnitude, lastIndex];
    }
    case 'mass':
      return [massOf(planes[measure.model], measure.keep, measure.model)];
    default:
      return measure satisfies never;
  }
}

function massOf(plane: Float32Array, keep: Keep, model: number): number {
  const share = sharesOf(plane, keep, model);
  return plane.reduce((sum, x, i) => sum + Math.abs(x) * share(x, i), 0);
}

/** How much of an element is kept: 0, 1, or for draws the share that keeps it. */
function sharesOf(
  plane: Float32Array,
  keep: Keep,
  model: number,
): (x: number, i: number) => number {
  switch (keep.kind) {
    case 'all':
      return () => 1;
    case 'largest':
      return (x, i) =>
        Math.abs(x) > keep.magnitude || (Math.abs(x) === keep.magnitude && i <= keep.lastIndex)
          ? 1
          : 0;
    case 'drawn': {
      const counts = new Uint8Array(plane.length);
      countKept({ ...keep, tensorKey: at.tensorKey, model }, at.start, counts);
      return (_, i) => counts[i] / keep.draws;
    }
    default:
      return keep satisfies never;
  }
}
