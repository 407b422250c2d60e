/**
 * A method worked through on a handful of numbers: the example the page draws. It asks the method's own
 * measures, coefficients and merge, so the picture cannot disagree with the merge.
 */
import { type Coefficients, type Layout, unpack } from './coefficients.ts';
import type { Arithmetic } from './dialect.ts';
import { type Excerpt, measureDerived, measureOf, rankAt, wholeCutOf } from './excerpt.ts';
import { type Guides, guideInto, type OfRank, rankInto, unitOf } from './lines.ts';
import { madeUp, measureOfAll } from './made-up.ts';
import {
  type At,
  coefficientList,
  type DerivedMeasure,
  guidesOf,
  type Measure,
  type MergeMethod,
} from './method.ts';
import type { ParamValue } from './params.ts';
import { elect, type Fate, fateOf, vote } from './worked-vote.ts';
import { Workspace } from './workspace.ts';

type ValuesByKey = Readonly<Record<string, ParamValue>>;

export type Example = {
  readonly method: MergeMethod;
  readonly global: ValuesByKey;
  /** One per model. */
  readonly perModel: readonly ValuesByKey[];
  readonly arithmetic: Arithmetic;
  /** One row a model: its changes from the base. */
  readonly changes: readonly (readonly number[])[];
  /** The real tensor that they are from; absent where they are made up and the base is zero everywhere. */
  readonly excerpt?: Excerpt | null;
  /** By model the density of a trim with one threshold for the whole model; absent where each tensor has its own. */
  readonly wholeDensities?: readonly number[] | null;
};

export type Worked = {
  /** What the draws keep of each model's change, before it is scaled to make up for the rest; null where nothing is scaled. */
  readonly drawn: readonly (readonly number[])[] | null;
  /** What trim or draw leaves of each model's change, before its weight. */
  readonly left: readonly (readonly number[])[];
  /** By model the magnitude at which its trim cuts; null where there is none. */
  readonly cuts: readonly number[] | null;
  /** What each model brings: its change after trim or dropping, times its weight. */
  readonly contributions: readonly (readonly number[])[];
  readonly fates: readonly (readonly Fate[])[];
  /** What each model says at each position, the outcome, and the elected sign; null when the method holds no election. */
  readonly votes: readonly (readonly number[])[] | null;
  readonly elected: readonly (-1 | 0 | 1)[] | null;
  /** The merged change before λ. */
  readonly unscaled: readonly number[];
  /** The merged change. */
  readonly result: readonly number[];
  /** Where the method turns one model into the other: lengths of both, the angle in radians, and how much of each. */
  readonly arc: Arc | null;
  /** A word of truth about the tensor that the elements are from: the method's own. */
  readonly remark: string | null;
  /** How it differs from the merge, for want of elements. */
  readonly simplified: Simplified | null;
};

/**
 * The merge goes by rows or columns, and all of the tensor counts as one here; or it takes matrices apart, and the elements
 * here are none.
 */
export type Simplified = 'one line' | 'no matrix';

export type Arc = {
  readonly norms: readonly [number, number];
  readonly angle: number;
  readonly shares: readonly [number, number];
};

/** Every step of the merge, on some elements: of a real tensor as its merge makes them, else as if they were all of it. */
export function workThrough(example: Example): Worked {
  const { method, arithmetic, global, changes } = example;
  const planes = changes.map((row) => Float32Array.from(row));
  const { measured, asked } = measureAll(example, planes);
  // Alone, undivided and unscaled, a model's result is what it brings.
  const alone = {
    ...example,
    arithmetic: { ...arithmetic, divisor: 'none', election: 'total' } as const,
    global: 'lambda' in global ? { ...global, lambda: 1 } : global,
  };
  const left = leftOf(example, planes, measured);
  const weights = coefficientsOf(example, measured)['weight'];
  const contributions = planes.map((_, k) => {
    // What others change decides what is left: nobody can be alone.
    if (method.derives) return left[k].map((value) => value * (weights?.[k] ?? 1));
    const others = planes.map((plane, j) => (j === k ? plane : new Float32Array(plane.length)));
    return merged(alone, others, measured);
  });
  const votes = method.elects
    ? contributions.map((row, k) => row.map((value) => vote(example, value, k)))
    : null;
  const elected = votes && elect(example, votes);
  // Where a band is kept, its lower end is asked for first.
  const cuts = planes.flatMap((_, k) => {
    const at = asked.findIndex((each) => each.kind === 'magnitude' && each.model === k);
    return at < 0 ? [] : [measured[at][0]];
  });
  return {
    drawn: drawnOf(example, planes),
    left,
    cuts: cuts.length > 0 ? cuts : null,
    contributions,
    votes,
    elected,
    fates: contributions.map((row, k) =>
      row.map((value, i) => fateOf(vote(example, value, k), elected?.[i] ?? null)),
    ),
    unscaled: change(
      alone.global === global ? example : { ...example, global: alone.global },
      measured,
    ),
    result: change(example, measured),
    arc: arcOf(example, asked, measured),
    remark: method.remark?.(callOf(example, changes[0].length), measured) ?? null,
    simplified: simplifiedIn(example),
  };
}

function simplifiedIn(example: Example): Simplified | null {
  const { method, changes } = example;
  if (method.decomposes) return 'no matrix';
  if (method.drawsByRank) return null;
  return (method.guides?.count(callOf(example, changes[0].length)) ?? 0) > 0 ? 'one line' : null;
}

/** What is left of the task vectors; a method that trims nothing leaves all of them. */
function leftOf(
  example: Example,
  planes: readonly Float32Array[],
  measured: Answers,
): readonly (readonly number[])[] {
  const { method } = example;
  if (!method.left) return planes.map((plane) => Array.from(plane));
  const c = coefficientsOf(example, measured);
  const zero = new Float32Array(planes[0].length);
  return method.left(planes, zero, c, atOf(example, measured)).map((plane) => Array.from(plane));
}

function drawnOf(example: Example, planes: readonly Float32Array[]) {
  const { arithmetic, method } = example;
  if (method.sparsifies !== 'draw' || arithmetic.rescale === 'none') return null;
  const unscaled = { ...example, arithmetic: { ...arithmetic, rescale: 'none' as const } };
  return leftOf(unscaled, planes, measureAll(unscaled, planes).measured);
}

function arcOf(example: Example, asked: readonly Measure[], measured: Answers): Arc | null {
  const dot = (a: number, b: number) => {
    const at = asked.findIndex(
      (each) => (each.kind === 'dot' || each.kind === 'lineDots') && each.a === a && each.b === b,
    );
    return at < 0 ? null : measured[at][0];
  };
  const [both, first, second] = [dot(0, 1), dot(0, 0), dot(1, 1)];
  if (both === null || first === null || second === null) return null;
  const norms = [Math.sqrt(first), Math.sqrt(second)] as const;
  const length = norms[0] * norms[1];
  const cosine = length > 0 ? Math.max(-1, Math.min(1, both / length)) : 0;
  const share = (k: number) =>
    merged(
      example,
      [0, 1].map((j) => Float32Array.of(j === k ? 1 : 0)),
      measured,
    )[0];
  return { norms, angle: Math.acos(cosine), shares: [share(0), share(1)] };
}

/** Where the elements lie; made-up ones in a tensor without a name. */
function atOf(example: Example, measured: Answers): At {
  const { excerpt, method, changes } = example;
  const { length } = changes[0];
  const { start, tensorKey, ordinals } = excerpt ?? madeUp;
  const values = guidesOf(method, callOf(example, length), measured);
  const guides = values?.values.map(() => new Float32Array(length)) ?? [];
  if (values?.by === 'line') guideInto(values, method.decomposes ? 0 : start, guides);
  if (values?.by === 'rank') {
    for (const [k, of] of values.values.entries()) guides[k].set(ofRanks(example, k, values, of));
  }
  return { start, tensorKey, ordinals, guides, round: Math.fround, space: new Workspace() };
}

/** What goes by the rank of a change in its row: where it lies in it, or would, if it was dragged. */
function ofRanks(
  { excerpt, changes }: Example,
  model: number,
  { lines }: Guides,
  of: OfRank,
): Float32Array {
  const tau = Float32Array.from(changes[model]);
  if (!excerpt) {
    const out = new Float32Array(tau.length);
    rankInto(lines, tau, of, out);
    return out;
  }
  return tau.map((value, i) => {
    const isAsRead = value === excerpt.changes[model][i] && excerpt.inLines;
    return of(
      isAsRead ? excerpt.inLines.ranks[model][i] : rankAt(excerpt, model, lines, Math.abs(value)),
    );
  });
}

type Answers = readonly (readonly number[])[];

/** What the method adds to the base at each position. */
function change(example: Example, measured: Answers): readonly number[] {
  const { changes, excerpt } = example;
  const base = changes[0].map((_, i) => excerpt?.base[i] ?? 0);
  const planes = changes.map((row) => Float32Array.from(row, (value, i) => base[i] + value));
  return merged(example, planes, measured, base).map((value, i) => value - base[i]);
}

function merged(
  example: Example,
  planes: readonly Float32Array[],
  measured: Answers,
  base: readonly number[] = Array(planes[0].length).fill(0),
): readonly number[] {
  const { method } = example;
  const out = new Float32Array(planes[0].length);
  const zero = Float32Array.from(method.arity.base === 'none' ? [] : base);
  method.merge(planes, zero, coefficientsOf(example, measured), atOf(example, measured), out);
  return Array.from(out);
}

function coefficientsOf(example: Example, measured: Answers): Coefficients<Layout> {
  const call = callOf(example, example.changes[0].length);
  const { method } = example;
  return unpack(method, coefficientList(method, call, measured));
}

function callOf({ global, perModel, arithmetic, method, excerpt }: Example, length: number) {
  const hasBase = method.arity.base !== 'none';
  const elementCount = excerpt?.elementCount ?? length;
  // What goes by rows or columns takes all of it for one; ranks are known in their own.
  const lines = method.drawsByRank ? excerpt?.inLines?.lines : undefined;
  const shape = lines ? [elementCount / unitOf(lines), lines.length, lines.step] : [elementCount];
  return { global, perModel, arithmetic, hasBase, elementCount, shape, roundSum: Math.fround };
}

/** A number that the method derives, at each element. */
function derived(
  example: Example,
  { of, model }: DerivedMeasure,
  changes: readonly Float32Array[],
  soFar: Answers,
): Float32Array {
  const out = new Float32Array(changes[0].length);
  const base = example.excerpt?.base ?? new Float32Array(out.length);
  const planes = changes.map((row) => row.map((value, i) => base[i] + value));
  const c = coefficientsOf(example, soFar);
  example.method.derives?.[of](model, planes, base, c, atOf(example, soFar), out);
  return out;
}

function measureAll(example: Example, planes: readonly Float32Array[]) {
  const call = callOf(example, planes[0].length);
  const measured: (readonly number[])[] = [];
  const asked: Measure[] = [];
  for (;;) {
    const more = example.method.measures?.(call, measured) ?? [];
    if (more.length === 0) return { measured, asked };
    asked.push(...more);
    const soFar = [...measured];
    measured.push(...more.map((measure) => answerOf(example, measure, planes, soFar)));
  }
}

function answerOf(
  example: Example,
  measure: Measure,
  planes: readonly Float32Array[],
  soFar: Answers,
): readonly number[] {
  const { excerpt, wholeDensities, arithmetic } = example;
  if (measure.kind === 'sum' || measure.kind === 'rank') {
    const values = derived(example, measure, planes, soFar);
    return measureDerived(measure, values, excerpt ?? { start: 0, elementCount: values.length });
  }
  if (!excerpt) return measureOfAll(measure, planes);
  if (measure.kind === 'magnitude' && wholeDensities) {
    return wholeCutOf(excerpt, measure.model, wholeDensities[measure.model], arithmetic);
  }
  return measureOf(excerpt, measure);
}
