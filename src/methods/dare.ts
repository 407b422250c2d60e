/**
 * DARE: drop elements of a task vector at random and rescale the rest (Yu et al. 2024, section 3.2).
 * The same step over four elements is `shaders/lib/dare-mask.wgsl`.
 */
import { countKept } from '../numerics/random.ts';
import { settle } from '../numerics/round.ts';
import type { At, Round } from './method.ts';
import { density, LARGEST_F32, type NumberParam, rest, type SeedParam } from './params.ts';
import { divide, scale, scratch, subtract } from './steps.ts';

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
  max: LARGEST_F32,
  usual: density.usual,
  soft: [0, 1],
  step: 0.01,
  reading: (kept) => `drop rate p = ${rest(kept)}`,
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
    scale: column(3),
  };
}

/** What the draws leave of every model's task vector in a block. */
export function maskedTaskVectors(
  x: readonly Float32Array[],
  base: Float32Array,
  c: Float32Array,
  dares: Dares,
  at: At,
): readonly Float32Array[] {
  const seed = c[1] * 65536 + c[2];
  const drawCount = c[3];
  const counts = new Uint8Array(base.length);
  return x.map((model, k) => {
    const tau = scratch(`task vector ${k}`, base.length);
    subtract(model, base, tau, at.round);
    const density = dares.limit[k] / 2 ** 24;
    const { tensorKey } = at;
    const draws = { seed, draws: drawCount, density, tensorKey, model: at.ordinals[k] };
    countKept(draws, at.start, counts);
    mask(tau, counts, drawCount, at.round);
    divide(tau, dares.divisor[k], at.round);
    scale(tau, dares.scale[k], at.round);
    return tau;
  });
}

/** τ · counts ÷ draws, in place; what no draw keeps is zero, whatever it was. */
function mask(tau: Float32Array, counts: Uint8Array, draws: number, round: Round): void {
  const bits = new Int32Array(tau.buffer, tau.byteOffset, tau.length);
  // All ones, or all zeros: a branch would be guessed wrong as often as the noise is a surprise.
  for (let i = 0; i < bits.length; i++) bits[i] &= -counts[i] >> 31;
  if (draws === 1) return;
  for (let i = 0; i < tau.length; i++) {
    if (counts[i] !== draws) tau[i] *= Math.fround(counts[i] / draws);
  }
  settle(tau, round);
}
