/**
 * TIES steps 2 and 3: elect a sign, then average those that agree (Yadav et al. 2023, section 3.2).
 * The same steps over four elements are `shaders/lib/sign-vote.wgsl` and `disjoint-mean.wgsl`.
 */
import { settle } from '../numerics/round.ts';
import type { Numbers } from './coefficients.ts';
import type { At, Round } from './method.ts';
import { addChange, addProduct, scale } from './steps.ts';
import type { electionCoefficients } from './task-vectors.ts';

type Election = Numbers<typeof electionCoefficients>;

/** out = base + λ · the elected mean: how a method ends that holds an election. */
export function addElected(
  left: readonly Float32Array[],
  base: Float32Array,
  c: Election & { readonly lambda: number; readonly weight: Float64Array },
  at: Pick<At, 'round' | 'space'>,
  out: Float32Array,
): void {
  const change = at.space.take(out.length);
  electedMean(left, c.weight.map(at.round), c, at, change);
  addChange(base, change, c.lambda, at.round, out);
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
  { round, space }: Pick<At, 'round' | 'space'>,
  out: Float32Array,
): void {
  const [isWeighted, isCounted] = [election.electWeighted === 1, election.byFrequency === 1];
  const weighted = t.map(() => space.take(out.length));
  const vote = space.take(out.length);
  vote.fill(0);
  for (let k = 0; k < t.length; k++) {
    if (isWeighted && !isCounted) {
      addProduct(t[k], weights[k], round, weighted[k], vote);
      continue;
    }
    weighted[k].set(t[k]);
    scale(weighted[k], weights[k], round);
    addVotes(isWeighted ? weighted[k] : t[k], isCounted, vote);
  }
  settle(vote, round);
  if (election.unanimous === 1) dropDivided(vote, t.length);
  if (election.evenIsPlus === 1) electPlus(vote);

  const divisor = space.take(out.length);
  out.fill(0);
  divisor.fill(0);
  for (let k = 0; k < t.length; k++) {
    const share = election.divisor === 1 ? weights[k] : election.divisor === 2 ? 1 : 0;
    addAgreeing(isWeighted ? weighted[k] : t[k], weighted[k], share, vote, out, divisor);
  }
  settle(out, round);
  settle(divisor, round);
  mean(vote, divisor, round, out);
}

function addVotes(values: Float32Array, frequency: boolean, vote: Float32Array): void {
  for (let i = 0; i < vote.length; i++) vote[i] += frequency ? Math.sign(values[i]) : values[i];
}

/** Of signs that were counted: nobody is elected where not all models want the same. */
function dropDivided(vote: Float32Array, models: number): void {
  for (let i = 0; i < vote.length; i++) if (Math.abs(vote[i]) < models) vote[i] = 0;
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
