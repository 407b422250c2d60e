/**
 * What the task-vector methods share. A task vector is τ = model − base, one rounding. Before it is
 * merged it may be trimmed to its largest elements (TIES) or dropped at random (DARE).
 */
import type { Arithmetic } from './dialect.ts';
import type { Measure, Round } from './method.ts';
import { LARGEST_F32 } from './params.ts';

type Trimmed = { readonly weight: number; readonly density: number };
type TrimCall = {
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

/** Numbers a trim needs for each model, in the order `shaders/lib/trim.wgsl` reads them. */
export const TRIM_STRIDE = 5;

/** → weight, magnitude, cut (two 16-bit halves of lastIndex + 1), scale; for each model. */
export function trimCoefficients(call: TrimCall, measured: Answers): readonly number[] {
  const models = call.perModel.length;
  return call.perModel.flatMap(({ weight }, model) => {
    const [magnitude, lastIndex] = measured[model];
    // Nothing is larger than the largest f32; shaders must not meet infinity.
    const finite = Math.min(magnitude, LARGEST_F32);
    const cut = magnitude === Number.POSITIVE_INFINITY ? 0 : Math.min(lastIndex + 1, 0xffffffff);
    const masses = measured.slice(models + 2 * model, models + 2 * model + 2);
    const scale = masses.length === 2 ? massRatio(masses, call.roundSum) : 1;
    return [weight, finite, Math.floor(cut / 65536), cut % 65536, scale];
  });
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

/** Numbers DARE needs for each model, in the order `shaders/lib/dare-mask.wgsl` reads them. */
export const DARE_STRIDE = 4;

/** → weight, keep limit of the noise, divisor, scale; for each model. */
export function dareCoefficients(call: DareCall, measured: Answers): readonly number[] {
  return call.perModel.flatMap(({ weight, density }, model) => {
    const keep = Math.min(Math.max(density, 0), 1);
    const inverse = call.arithmetic.rescale === 'inverse' && keep > 0;
    const masses = measured.slice(2 * model, 2 * model + 2);
    const scale = masses.length === 2 ? massRatio(masses, call.roundSum) : 1;
    return [weight, Math.round(keep * 2 ** 24), inverse ? keep : 1, scale];
  });
}

/** Scale that restores the L1 norm: Σ|τ| ÷ Σ|kept τ|, 1 when either is practically zero. */
function massRatio(masses: Answers, roundSum: Round): number {
  const [all, kept] = masses.map(([mass]) => roundSum(mass));
  return all < SMALLEST_MASS || kept < SMALLEST_MASS ? 1 : roundSum(all / kept);
}

/** A 32-bit whole number as two 16-bit halves: f32 holds neither more nor less exactly. */
export function halves(value: number): readonly [high: number, low: number] {
  return [Math.floor(value / 65536), value % 65536];
}

/** Codes of the election in `c`, as `shaders/lib/sign-vote.wgsl` and `disjoint-mean.wgsl` read them. */
export function electionCoefficients(arithmetic: Arithmetic): readonly number[] {
  return [
    arithmetic.electOn === 'weighted' ? 1 : 0,
    arithmetic.election === 'frequency' ? 1 : 0,
    arithmetic.zeroVote === 'plus' ? 1 : 0,
    { none: 0, weights: 1, count: 2 }[arithmetic.divisor],
  ];
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
export function sumOfWeights(weights: Float64Array, round: Round): number {
  const total = weightTotal(weights, round);
  return dividesBy(total) ? total : 1;
}
