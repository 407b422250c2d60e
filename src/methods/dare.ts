/**
 * DARE: drop elements of a task vector at random and rescale the rest (Yu et al. 2024, section 3.2).
 * The same step over four elements is `shaders/lib/dare-mask.wgsl`.
 */
import { countKept } from '../numerics/random.ts';
import type { At, Round } from './method.ts';
import type { NumberParam, SeedParam } from './params.ts';

export const seed = {
  kind: 'seed',
  label: 'seed',
  help: 'The same seed drops the same elements, on every machine.',
  default: 42,
} as const satisfies SeedParam;

export const draws = {
  kind: 'number',
  label: 'draws',
  help: 'Average this many random draws. More draws: less noise, but less sparse.',
  default: 1,
  min: 1,
  max: 100,
  soft: [1, 20],
  step: 1,
  integer: true,
} as const satisfies NumberParam;

export const dareDensity = {
  kind: 'number',
  label: 'density',
  help: 'Share of this model’s changes that survives the dropping. Density 0.1 is drop rate p = 0.9.',
  source: 'The authors’ merge scripts drop 0.2; 0.9 holds up only where changes are below 0.005.',
  default: 0.5,
  min: 0,
  max: 1,
  soft: [0, 1],
  step: 0.01,
} as const satisfies NumberParam;

export type Dares = {
  readonly weight: Float64Array;
  readonly limit: Float64Array;
  readonly divisor: Float64Array;
  readonly scale: Float64Array;
};

/** Reads what `dareCoefficients` wrote: `stride` numbers a model, the first at `from`. */
export function readDares(
  c: Float32Array,
  from: number,
  stride: number,
  models: number,
  round: Round,
): Dares {
  const column = (offset: number) =>
    Float64Array.from({ length: models }, (_, k) => c[from + stride * k + offset]);
  return {
    weight: column(0).map(round),
    limit: column(1),
    divisor: column(2),
    scale: column(3).map(round),
  };
}

/** For each model and element of a block, how many of the draws keep it. */
export function countDraws(
  c: Float32Array,
  dares: Dares,
  at: At,
  elements: number,
): readonly Uint8Array[] {
  const seed = c[1] * 65536 + c[2];
  return at.ordinals.map((model, k) => {
    const counts = new Uint8Array(elements);
    const density = dares.limit[k] / 2 ** 24;
    const of = { seed, draws: c[3], density, tensorKey: at.tensorKey, model };
    countKept(of, at.start, counts);
    return counts;
  });
}

/** What is left of an element of model k's task vector, kept in `share` of the draws. */
export function masked(dares: Dares, k: number, tau: number, share: number, round: Round): number {
  if (share === 0) return 0;
  const part = share === 1 ? tau : round(tau * share);
  const divided = dares.divisor[k] === 1 ? part : round(part / dares.divisor[k]);
  return round(divided * dares.scale[k]);
}
