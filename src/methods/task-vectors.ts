/**
 * What the task-vector methods share. A task vector is τ = model − base, one rounding. Before it is
 * merged it may be trimmed to its largest elements (TIES) or dropped at random (DARE).
 */
import type { Arithmetic } from './dialect.ts';
import type { At, Measure, Round } from './method.ts';
import { LARGEST_F32 } from './params.ts';
import { addChange, divide, weightedSum } from './steps.ts';

type Trimmed = { readonly weight: number; readonly density: number };
export type TrimCall = {
  readonly perModel: readonly Trimmed[];
  readonly arithmetic: Arithmetic;
  readonly elementCount: number;
  readonly roundSum: Round;
};
type DareCall = TrimCall & { readonly global: { readonly seed: number; readonly draws: number } };
type Answers = readonly (readonly number[])[];

/** Norms below this are taken for zero when norms are matched (mergekit's limit). */
const SMALLEST_MASS = 1e-7;

/** How many elements a trim keeps: trunc(density · n), but a density above 0 keeps at least one. */
export function keptCount(density: number, elementCount: number, arithmetic: Arithmetic): number {
  if (density >= 1) return elementCount;
  const count = Math.trunc(density * elementCount);
  const keepsOne = count === 0 && density > 0 && arithmetic.smallTrim === 'keep one';
  return keepsOne ? Math.min(1, elementCount) : count;
}

/** First the magnitude at each model's cut; then, when norms are matched, the mass on both sides of it. */
export function trimMeasures(call: TrimCall, soFar: Answers): readonly Measure[] {
  const models = call.perModel.length;
  if (soFar.length === 0) {
    return call.perModel.map(({ density }, model) => ({
      kind: 'magnitude',
      model,
      count: keptCount(density, call.elementCount, call.arithmetic),
    }));
  }
  if (call.arithmetic.trimRescale === 'none' || soFar.length > models) return [];
  return call.perModel.flatMap((_, model): readonly Measure[] => {
    const [magnitude, lastIndex] = soFar[model];
    return [
      { kind: 'mass', model, keep: { kind: 'all' } },
      { kind: 'mass', model, keep: { kind: 'largest', magnitude, lastIndex } },
    ];
  });
}

/** What a trim is told of each model; `lib/trim.wgsl` reads it. */
export const trimCoefficients = {
  weight: 'f32',
  magnitude: 'f32',
  /** First index that is not kept among those equal to `magnitude`. */
  cut: 'u32',
  rescale: 'f32',
} as const;

/** What a magnitude measure answered, as a formula is told it: nothing is larger than the largest f32. */
export function cutAt([magnitude, lastIndex]: readonly number[]) {
  const isNone = magnitude === Number.POSITIVE_INFINITY;
  return {
    // Shaders must not meet infinity.
    magnitude: Math.min(magnitude, LARGEST_F32),
    cut: isNone ? 0 : Math.min(lastIndex + 1, 0xffffffff),
  };
}

/** The trim of every model. `measured` answers `trimMeasures`. */
export function trimsOf(call: TrimCall, measured: Answers) {
  const models = call.perModel.length;
  const cuts = measured.slice(0, models).map(cutAt);
  return {
    weight: call.perModel.map(({ weight }) => weight),
    magnitude: cuts.map(({ magnitude }) => magnitude),
    cut: cuts.map(({ cut }) => cut),
    rescale: call.perModel.map((_, k) => massRatio(measured, models + 2 * k, call.roundSum)),
  };
}

/** When norms are matched: the mass of each task vector, all of it and what the draws keep. */
export function dareMeasures(call: DareCall, soFar: Answers): readonly Measure[] {
  if (call.arithmetic.rescale !== 'l1' || soFar.length > 0) return [];
  const { seed, draws } = call.global;
  return call.perModel.flatMap(({ density }, model): readonly Measure[] => [
    { kind: 'mass', model, keep: { kind: 'all' } },
    { kind: 'mass', model, keep: { kind: 'drawn', density: Math.min(density, 1), seed, draws } },
  ]);
}

/** What random dropping is told, once and of each model; `lib/dare-mask.wgsl` reads it. */
export const drawCoefficients = {
  once: { seed: 'u32', draws: 'u32' },
  each: {
    weight: 'f32',
    /** Noise below it keeps an element: density · 2²⁴. */
    limit: 'u32',
    /** What kept elements are divided by. */
    share: 'f32',
    rescale: 'f32',
  },
} as const;

/** The draws. `measured` answers `dareMeasures`. */
export function drawsOf(call: DareCall, measured: Answers) {
  const { seed, draws } = call.global;
  const kept = call.perModel.map(({ density }) => Math.min(Math.max(density, 0), 1));
  const inverse = call.arithmetic.rescale === 'inverse';
  return {
    seed,
    draws,
    weight: call.perModel.map(({ weight }) => weight),
    limit: kept.map((density) => Math.round(density * 2 ** 24)),
    share: kept.map((density) => (inverse && density > 0 ? density : 1)),
    rescale: call.perModel.map((_, k) => massRatio(measured, 2 * k, call.roundSum)),
  };
}

/** Scale that restores the L1 norm: Σ|τ| ÷ Σ|kept τ|; 1 when either is practically zero, or nothing was measured. */
export function massRatio(measured: Answers, at: number, roundSum: Round): number {
  if (measured.length <= at) return 1;
  const [all, kept] = measured.slice(at, at + 2).map(([mass]) => roundSum(mass));
  return all < SMALLEST_MASS || kept < SMALLEST_MASS ? 1 : roundSum(all / kept);
}

/** How an election is held; `lib/sign-vote.wgsl` and `lib/disjoint-mean.wgsl` take it for constants. */
export const electionCoefficients = {
  electWeighted: 'f32',
  byFrequency: 'f32',
  /** A sign that not all want is not elected. */
  unanimous: 'f32',
  evenIsPlus: 'f32',
  /** What the agreeing values are divided by: nothing (0), their weights (1) or their count (2). */
  divisor: 'f32',
} as const;

export function electionOf(arithmetic: Arithmetic) {
  const unanimous = arithmetic.election === 'unanimous';
  return {
    electWeighted: arithmetic.electOn === 'weighted',
    byFrequency: arithmetic.election !== 'total',
    unanimous,
    evenIsPlus: arithmetic.zeroVote === 'plus' && !unanimous,
    divisor: { none: 0, weights: 1, count: 2 }[arithmetic.divisor],
  };
}

/** Σ weights, of weights that are rounded already: f32 in recipe order, rounded once at its end. */
export function weightTotal(weights: ArrayLike<number>, round: Round): number {
  return round(Array.from(weights).reduce((sum, weight) => Math.fround(sum + weight), 0));
}

/** Whether a sum of weights divides; not below 10⁻⁸ (mergekit's limit). */
export function dividesBy(total: number): boolean {
  return Math.abs(total) >= 1e-8;
}

/** What a normalised sum of task vectors is divided by: Σ weights, or 1 where that is practically zero. */
export function sumOfWeights(weights: ArrayLike<number>, round: Round): number {
  const total = weightTotal(weights, round);
  return dividesBy(total) ? total : 1;
}

/** out = base + λ · Σ wₖ·changeₖ, the sum divided by Σ wₖ when normalised: how a method ends that adds changes up. */
export function addSum(
  changes: readonly Float32Array[],
  base: Float32Array,
  c: { readonly weight: Float64Array; readonly lambda: number; readonly normalize?: number },
  at: Pick<At, 'round' | 'space'>,
  out: Float32Array,
): void {
  const weights = c.weight.map(at.round);
  const change = at.space.take(out.length);
  weightedSum(changes, weights, at, change);
  if (c.normalize === 1) divide(change, sumOfWeights(weights, at.round), at.round);
  addChange(base, change, c.lambda, at.round, out);
}
