/**
 * TIES steps 2 and 3: elect a sign, then average those that agree (Yadav et al. 2023, section 3.2).
 * The same steps over four elements are `shaders/lib/sign-vote.wgsl` and `disjoint-mean.wgsl`.
 */
import { settle } from '../numerics/round.ts';
import type { Round } from './method.ts';
import { addProduct, scale, scratch } from './steps.ts';

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
 * The merged change of a block from the models' trimmed or masked changes.
 * @param t what is left of each model's task vector
 * @param weights each model's weight, already rounded
 */
export function electedMean(
  t: readonly Float32Array[],
  weights: Float64Array,
  election: Election,
  round: Round,
  out: Float32Array,
): void {
  const weighted = t.map((_, k) => scratch(`weighted ${k}`, out.length));
  const vote = scratch('vote', out.length);
  vote.fill(0);
  for (let k = 0; k < t.length; k++) {
    if (election.weighted && !election.frequency) {
      addProduct(t[k], weights[k], round, weighted[k], vote);
      continue;
    }
    weighted[k].set(t[k]);
    scale(weighted[k], weights[k], round);
    addVotes(election.weighted ? weighted[k] : t[k], election.frequency, vote);
  }
  settle(vote, round);
  if (election.plus === 1) electPlus(vote);

  const divisor = scratch('divisor', out.length);
  out.fill(0);
  divisor.fill(0);
  for (let k = 0; k < t.length; k++) {
    const share = election.divisor === 1 ? weights[k] : election.divisor === 2 ? 1 : 0;
    addAgreeing(election.weighted ? weighted[k] : t[k], weighted[k], share, vote, out, divisor);
  }
  settle(out, round);
  settle(divisor, round);
  mean(vote, divisor, round, out);
}

function addVotes(values: Float32Array, frequency: boolean, vote: Float32Array): void {
  for (let i = 0; i < vote.length; i++) vote[i] += frequency ? Math.sign(values[i]) : values[i];
}

function electPlus(vote: Float32Array): void {
  for (let i = 0; i < vote.length; i++) if (vote[i] === 0) vote[i] = 1;
}

/** Where a model's value has the sign of the vote: sum += its weighted change, divisor += its share. */
function addAgreeing(
  value: Float32Array,
  weighted: Float32Array,
  share: number,
  vote: Float32Array,
  sum: Float32Array,
  divisor: Float32Array,
): void {
  for (let i = 0; i < sum.length; i++) {
    if (value[i] * vote[i] > 0) {
      sum[i] += weighted[i];
      divisor[i] += share;
    }
  }
}

/**
 * Divides in place. Where nobody agrees, or the agreeing weights cancel, the divisor is 0 and the sum is
 * left undivided. A vote that is not a number elects nobody and must not be lost.
 */
function mean(vote: Float32Array, divisor: Float32Array, round: Round, sum: Float32Array): void {
  for (let i = 0; i < sum.length; i++) {
    if (divisor[i] !== 0) sum[i] /= divisor[i];
    if (Number.isNaN(vote[i])) sum[i] = Number.NaN;
  }
  settle(sum, round);
}
