/**
 * DELLA: drop elements of a task vector at random, small ones more often than large ones, and rescale the rest (Deep et
 * al. 2024, MagPrune). The chance goes by the rank of |τ| in its row. The same step over four elements is
 * `shaders/lib/rank-mask.wgsl`.
 */
import { chanceOf, markKept } from '../numerics/random.ts';
import { settle } from '../numerics/round.ts';
import type { Coefficients } from './coefficients.ts';
import { dareDensity } from './dare.ts';
import { alongSecond, type OfRank } from './lines.ts';
import type { At, Call, Measure } from './method.ts';
import type { NumberParam } from './params.ts';
import { scale, taskVectors } from './steps.ts';
import { massRatio } from './task-vectors.ts';

export const epsilon = {
  kind: 'number',
  label: 'ε',
  help: 'How much rank matters: the smallest change of a row is kept with chance density − ε, the largest with density + ε.',
  source: 'mergekit’s default.',
  default: 0.15,
  min: 0,
  max: 1,
  soft: [0, 0.5],
  step: 0.01,
} as const satisfies NumberParam;

export const dellaDensity = {
  ...dareDensity,
  help: 'Share of this model’s changes that survives the dropping, large ones more often.',
  source:
    'mergekit needs density − ε above 0 and density + ε below 1; here the chance ends at 0 and 1.',
} as const satisfies NumberParam;

type Own = { readonly weight: number; readonly density: number; readonly epsilon: number };
type DellaCall = Pick<Call, 'arithmetic' | 'shape' | 'roundSum'> & {
  readonly global: { readonly seed: number };
  readonly perModel: readonly Own[];
};
type Answers = readonly (readonly number[])[];

/** The chance of each rank in rows of a length; steps are rounded as the dialect rounds steps. A row of one has the middle. */
export function chancesOf(
  { density, epsilon }: Omit<Own, 'weight'>,
  length: number,
  round: (value: number) => number,
): OfRank {
  if (density >= 1) return () => 1;
  if (density <= 0) return () => 0;
  // As torch adds and multiplies by a number: what it adds is rounded first.
  const [from, width] = [round(density - epsilon), Math.fround(epsilon)];
  const last = round(round(length) - 1);
  return (rank) => {
    // Ranks count from 1; those of 16 bits soon stand for several.
    const share = length === 1 ? 0.5 : round(round(round(rank + 1) - 1) / last);
    return chanceOf(round(from + round(2 * share * width)));
  };
}

/** How chances go by rank, where any model drops anything. */
export const dellaGuides = {
  count: ({ perModel }: DellaCall) =>
    perModel.every(({ density }) => density >= 1) ? 0 : perModel.length,
  of({ perModel, shape, roundSum }: DellaCall) {
    const lines = alongSecond(shape);
    const values = perModel.map((own) => chancesOf(own, lines.length, roundSum));
    return { lines, by: 'rank', values } as const;
  },
};

/** When norms are matched: the mass of each task vector, all of it and what the draws keep. */
export function dellaMeasures(call: DellaCall, soFar: Answers): readonly Measure[] {
  if (call.arithmetic.rescale !== 'l1' || soFar.length > 0) return [];
  if (dellaGuides.count(call) === 0) return [];
  const { lines, values } = dellaGuides.of(call);
  const { seed } = call.global;
  return values.map((chance, model) => ({ kind: 'rankMass', model, lines, chance, seed }));
}

/** What the dropping is told, once and of each model; `lib/rank-mask.wgsl` reads it. */
export const dellaCoefficients = {
  once: {
    seed: 'u32',
    /** Whether kept elements are divided by their chance. */
    inverse: 'f32',
  },
  each: { weight: 'f32', rescale: 'f32' },
} as const;

/** The draws. `measured` answers `dellaMeasures`. */
export function dellaOf({ global, perModel, arithmetic, roundSum }: DellaCall, measured: Answers) {
  return {
    seed: global.seed,
    inverse: arithmetic.rescale === 'inverse',
    weight: perModel.map(({ weight }) => weight),
    rescale: perModel.map((_, k) => {
      const masses = (measured[k] ?? []).map((mass) => [mass]);
      return massRatio(masses, 0, roundSum);
    }),
  };
}

/** What the draws leave of every model's task vector in a block: all of it where there are no guides. */
export function drawnTaskVectors(
  x: readonly Float32Array[],
  base: Float32Array,
  { seed, inverse, rescale }: Coefficients<typeof dellaCoefficients>,
  at: At,
): readonly Float32Array[] {
  const { tensorKey, ordinals, guides, start, round } = at;
  const kept = new Uint8Array(base.length);
  return taskVectors(x, base, at).map((tau, k) => {
    const chances = guides[k];
    if (chances === undefined) return tau;
    markKept({ seed, tensorKey, model: ordinals[k] }, start, chances, kept);
    for (let i = 0; i < tau.length; i++) {
      // What noise drops is zero, whatever it was.
      if (kept[i] === 0) tau[i] = 0;
      else if (inverse === 1) tau[i] /= chances[i];
    }
    settle(tau, round);
    scale(tau, rescale[k], round);
    return tau;
  });
}
