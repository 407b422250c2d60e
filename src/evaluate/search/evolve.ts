/** CMA-ES over a space of recipes. */
import { ask, startCma, tell } from './cma-es/cma-es.ts';
import { restarted } from './cma-es/restart.ts';
import { type StopRules, stopReason } from './cma-es/stop.ts';
import { uniqueNames } from './rows.ts';
import type { Space } from './space.ts';
import { type Candidate, type Searching, type Step, Trial } from './step.ts';

export type Evolution = Searching & {
  /** Evaluations at most. */
  readonly budget: number;
  readonly seed?: number | undefined;
  readonly population?: number | undefined;
  /** The first step, as a share of every axis. */
  readonly sigma?: number | undefined;
  /** How often it begins anew with twice the population where it has come to an end (IPOP: Auger and Hansen, CEC 2005). */
  readonly restarts?: number | undefined;
  readonly stop?: StopRules | undefined;
};

/**
 * Where it begins first, then generation by generation; a generation whose candidates are not all known by the end of the
 * budget is left half tried. Axes are scaled to their ranges, so that a step means the same on all. The same options give the same
 * candidates: with `known` it goes on where it was left.
 */
export async function* evolve(space: Space, options: Evolution): AsyncGenerator<Step, string> {
  const { budget, seed = 1, population, sigma = 0.2, restarts = 0 } = options;
  const trial = new Trial(options, budget);
  const mean = space.axes.map((axis) => (axis.start - axis.low) / (axis.high - axis.low));
  const bounds = { low: mean.map(() => 0), high: mean.map(() => 1) };
  const first = startCma({ mean, sigma, bounds, seed, ...(population ? { population } : {}) });
  if (budget < 1) return 'The budget is used up.';
  const begun = await trial.of(candidateOf(space, mean), 'Where it begins.');
  yield { ...begun, run: { restart: 0, sigma } };
  let state = first;
  for (let restart = 0; ; ) {
    const values: number[] = [];
    const run = restart === 0 ? 'Generation' : `Restart ${restart}, generation`;
    const note = `${run} ${state.generation + 1}, step ${state.sigma.toPrecision(3)}.`;
    const generation = ask(state).map((x) => ({ candidate: candidateOf(space, x), note }));
    for await (const step of trial.each(generation.slice(0, budget - trial.done))) {
      values.push(step.result.objective);
      yield { ...step, run: { restart, sigma: state.sigma } };
    }
    if (values.length < generation.length) return 'The budget is used up.';
    state = tell(state, values);
    const reason = stopReason(state, { tolX: 1e-5, tolValue: 1e-9, ...options.stop });
    if (reason === null) continue;
    if (restart >= restarts) return reason;
    restart++;
    state = restarted(first, restart);
  }
}

/** From shares of the axes. */
function candidateOf({ axes, recipeOf }: Space, shares: readonly number[]): Candidate {
  const vector = axes.map(({ low, high }, i) => low + (high - low) * shares[i]);
  const names = uniqueNames(axes.map(({ label }) => label));
  const values = Object.fromEntries(vector.map((value, i) => [names[i], Number(value.toFixed(6))]));
  const title = vector.map((value) => value.toFixed(3)).join(', ');
  return { id: `at ${vector.join(' ')}`, title, values, recipe: recipeOf(vector) };
}
