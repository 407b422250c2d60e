/**
 * DARE: drop elements of a task vector at random and rescale the rest (Yu et al. 2024, section 3.2).
 * The same step over four elements is `shaders/lib/dare-mask.wgsl`.
 */
import { countKept } from '../numerics/random.ts';
import { settle } from '../numerics/round.ts';
import type { Coefficients } from './coefficients.ts';
import type { At, Round } from './method.ts';
import { density, LARGEST_F32, type NumberParam, rest, type SeedParam } from './params.ts';
import { divide, scale, taskVectors } from './steps.ts';
import type { drawCoefficients } from './task-vectors.ts';

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

/** What the draws leave of every model's task vector in a block. */
export function maskedTaskVectors(
  x: readonly Float32Array[],
  base: Float32Array,
  { seed, draws, limit, share, rescale }: Coefficients<typeof drawCoefficients>,
  at: At,
): readonly Float32Array[] {
  const { tensorKey, ordinals, start, round } = at;
  const counts = new Uint8Array(base.length);
  return taskVectors(x, base, at).map((tau, k) => {
    const density = limit[k] / 2 ** 24;
    countKept({ seed, draws, density, tensorKey, model: ordinals[k] }, start, counts);
    mask(tau, counts, draws, round);
    divide(tau, share[k], round);
    scale(tau, rescale[k], round);
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
