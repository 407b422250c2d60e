/**
 * TIES steps 2 and 3: elect a sign, then average those that agree (Yadav et al. 2023, section 3.2).
 * The same steps over four elements are `shaders/lib/sign-vote.wgsl` and `disjoint-mean.wgsl`.
 */
import type { Round } from './method.ts';

/** How an election is held; read from four coefficients, see `electionCoefficients`. */
export type Election = {
  readonly weighted: boolean;
  readonly frequency: boolean;
  readonly plus: number;
  readonly divisor: number;
};

export function electionOf(c: Float32Array, from: number): Election {
  return {
    weighted: c[from] === 1,
    frequency: c[from + 1] === 1,
    plus: c[from + 2] === 1 ? 1 : 0,
    divisor: c[from + 3],
  };
}

/**
 * The merged change of one element from the models' (trimmed or masked) changes.
 * @param t what is left of each model's task vector here
 * @param w each model's weight, already rounded
 */
export function disjointMean(
  t: Float64Array,
  w: Float64Array,
  election: Election,
  round: Round,
): number {
  const models = w.length;
  let vote = 0;
  for (let k = 0; k < models; k++) {
    const value = election.weighted ? round(t[k] * w[k]) : t[k];
    vote = Math.fround(vote + (election.frequency ? Math.sign(value) : value));
  }
  vote = round(vote);
  const elected = vote > 0 ? 1 : vote < 0 ? -1 : election.plus;
  if (elected === 0) return Number.isNaN(vote) ? Number.NaN : 0;
  let sum = 0;
  let weights = 0;
  let count = 0;
  for (let k = 0; k < models; k++) {
    const weighted = round(t[k] * w[k]);
    const value = election.weighted ? weighted : t[k];
    if (value * elected > 0) {
      sum = Math.fround(sum + weighted);
      weights = Math.fround(weights + w[k]);
      count += 1;
    }
  }
  sum = round(sum);
  const divisor = election.divisor === 1 ? round(weights) : election.divisor === 2 ? count : 1;
  return divisor === 0 ? sum : round(sum / divisor);
}
