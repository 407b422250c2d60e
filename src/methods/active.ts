/** Changes that exceed ε: what Reinforced Agent Merging counts. */
import type { At } from './method.ts';
import type { NumberParam } from './params.ts';
import { taskVectors } from './steps.ts';

export const epsilon = {
  kind: 'number',
  label: 'ε',
  help: 'A model changes an element where its change is larger; smaller changes are dropped.',
  source: 'mergekit’s default.',
  default: 1e-5,
  min: 0,
  max: 1,
  soft: [0, 0.001],
  step: 1e-6,
} as const satisfies NumberParam;

/** Every model's task vector in a block, 0 where it does not exceed ε. NaN stays, so that it shows. */
export function activeTaskVectors(
  x: readonly Float32Array[],
  base: Float32Array,
  c: { readonly epsilon: number },
  at: At,
): readonly Float32Array[] {
  // Compared in the working dtype, as mergekit does.
  const limit = at.round(c.epsilon);
  return taskVectors(x, base, at).map((tau) => {
    for (let i = 0; i < tau.length; i++) if (Math.abs(tau[i]) <= limit) tau[i] = 0;
    return tau;
  });
}

/** How many of them are not 0, element by element. */
export function countActive(
  taus: readonly Float32Array[],
  { space }: Pick<At, 'space'>,
): Float32Array {
  const count = space.take(taus[0].length).fill(0);
  for (const tau of taus) for (let i = 0; i < count.length; i++) if (tau[i] !== 0) count[i] += 1;
  return count;
}

/** Made-up changes that overlap little, as those of reinforcement learning. */
export const sparseChanges: readonly (readonly number[])[] = [
  [0.5, 0, 0, -0.6, 0, 0.22, 0, 0.7, 0, 0],
  [0, -0.7, 0, 0.55, 0, 0, -0.3, 0.12, 0, 0],
  [0, 0, -0.2, 0, 0.4, 0.25, 0, 0, 0, 0],
  [0, 0, 0, -0.25, 0, 0, 0, 0, 0.2, 0],
];
