/**
 * Model Breadcrumbs: keep a band of a task vector's magnitudes, without the smallest and without the largest, which are
 * taken for outliers (Davari and Belilovsky 2023, section 3). Of equal magnitudes the lowest index counts as the larger.
 * The same step over four elements is `shaders/lib/band.wgsl`.
 */
import type { Lists } from './coefficients.ts';
import type { At, Measure } from './method.ts';
import type { NumberParam } from './params.ts';
import { scale, taskVectors } from './steps.ts';
import { cutAt, keptCount, massRatio, type TrimCall, trimCoefficients } from './task-vectors.ts';
import { trim } from './trim.ts';

export const gamma = {
  kind: 'number',
  label: 'γ',
  help: 'Share of this model’s changes that is dropped as outliers: the largest ones.',
  source: 'mergekit’s default.',
  default: 0.01,
  min: 0,
  max: 1,
  soft: [0, 0.2],
  step: 0.005,
} as const satisfies NumberParam;

type Banded = TrimCall['perModel'][number] & { readonly gamma: number };
type BandCall = Omit<TrimCall, 'perModel'> & { readonly perModel: readonly Banded[] };
type Answers = readonly (readonly number[])[];

/** Ranks that are kept, counted from the largest: from (as many as are outliers) to. A density of 1 keeps all. */
export function bandOf({ density, gamma: share }: Banded, { elementCount, arithmetic }: BandCall) {
  if (density >= 1) return { from: 0, to: elementCount };
  const kept = keptCount(density, elementCount, arithmetic);
  const from = Math.min(Math.trunc(share * elementCount), elementCount - kept);
  if (from === 0 && arithmetic.noOutliers === 'nothing') return { from, to: 0 };
  return { from, to: from + kept };
}

/** Where each band ends, then where it begins; then, when norms are matched, the masses beyond both. */
export function bandMeasures(call: BandCall, soFar: Answers): readonly Measure[] {
  const bands = call.perModel.map((own) => bandOf(own, call));
  const models = bands.length;
  if (soFar.length === 0) {
    return [
      ...bands.map(({ to }, model) => ({ kind: 'magnitude', model, count: to }) as const),
      ...bands.map(({ from }, model) => ({ kind: 'magnitude', model, count: from }) as const),
    ];
  }
  if (call.arithmetic.trimRescale === 'none' || soFar.length > 2 * models) return [];
  return bands.flatMap((_, model): readonly Measure[] => {
    const beyond = ([magnitude, lastIndex]: readonly number[]): Measure => ({
      ...{ kind: 'mass', model, keep: { kind: 'largest', magnitude, lastIndex } },
    });
    return [
      { kind: 'mass', model, keep: { kind: 'all' } },
      beyond(soFar[model]),
      beyond(soFar[models + model]),
    ];
  });
}

/** What a band is told of each model; `lib/band.wgsl` reads it. */
export const bandCoefficients = {
  ...trimCoefficients,
  /** The smallest magnitude of the outliers, and the first index that is none among those equal to it. */
  ceiling: 'f32',
  ceilingCut: 'u32',
} as const;

/** The band of every model. `measured` answers `bandMeasures`. */
export function bandsOf(call: BandCall, measured: Answers) {
  const models = call.perModel.length;
  const ends = measured.slice(0, models).map(cutAt);
  const begins = measured.slice(models, 2 * models).map(cutAt);
  return {
    weight: call.perModel.map(({ weight }) => weight),
    magnitude: ends.map(({ magnitude }) => magnitude),
    cut: ends.map(({ cut }) => cut),
    ceiling: begins.map(({ magnitude }) => magnitude),
    ceilingCut: begins.map(({ cut }) => cut),
    rescale: call.perModel.map((_, k) => {
      const masses = measured.slice(2 * models + 3 * k, 2 * models + 3 * k + 3);
      if (masses.length < 3) return 1;
      const [[all], [toEnd], [outliers]] = masses;
      return massRatio([[all], [toEnd - outliers]], 0, call.roundSum);
    }),
  };
}

/** What is left of every model's task vector in a block. */
export function bandedTaskVectors(
  x: readonly Float32Array[],
  base: Float32Array,
  c: Omit<Lists<typeof bandCoefficients>, 'weight'>,
  at: At,
): readonly Float32Array[] {
  return taskVectors(x, base, at).map((tau, k) => {
    trim(tau, c.magnitude[k], c.cut[k] - at.start);
    dropOutliers(tau, c.ceiling[k], c.ceilingCut[k] - at.start);
    scale(tau, c.rescale[k], at.round);
    return tau;
  });
}

/** Zeroes what is larger than `magnitude`, and what equals it before index `firstKept`. NaN stays, so that it shows. */
function dropOutliers(tau: Float32Array, magnitude: number, firstKept: number): void {
  for (let i = 0; i < tau.length; i++) {
    const size = Math.abs(tau[i]);
    if (size > magnitude || (size === magnitude && i < firstKept)) tau[i] = 0;
  }
}
