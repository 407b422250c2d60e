/**
 * CMA-ES with active weights, after N. Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772. It minimises, by
 * asking for the values of a population and being told them. Its state is plain JSON: saved and read again it goes on to the
 * same numbers.
 */
import {
  type Covariance,
  decomposed,
  shortened,
  startCovariance,
  stretched,
  updatedCovariance,
} from './covariance.ts';
import { normalsAt } from './normal.ts';
import { constantsOf, usualPopulation } from './settings.ts';

export type Start = {
  /** Where the search begins, within the bounds; n numbers, one or more. */
  readonly mean: readonly number[];
  /** The first step in every coordinate: about a third of where the best is expected. Coordinates should have one scale. */
  readonly sigma: number;
  readonly bounds?: { readonly low: readonly number[]; readonly high: readonly number[] };
  readonly population?: number;
  readonly seed?: number;
  /** Learns n variances instead of a matrix; else where there are more than 100 coordinates. */
  readonly diagonal?: boolean;
};

export type CmaState = {
  readonly start: Required<Omit<Start, 'bounds'>> & Pick<Start, 'bounds'>;
  readonly generation: number;
  readonly evaluations: number;
  readonly mean: readonly number[];
  readonly sigma: number;
  readonly pathSigma: readonly number[];
  readonly pathC: readonly number[];
  readonly covariance: Covariance;
  readonly best: { readonly x: readonly number[]; readonly value: number } | null;
  /** The best value of every generation, and its median. */
  readonly bests: readonly number[];
  readonly medians: readonly number[];
  /** From the best to the worst of the last generation. */
  readonly spread: number;
};

/** A RangeError where the start is none. */
export function startCma(start: Start): CmaState {
  const n = start.mean.length;
  const population = start.population ?? usualPopulation(n);
  if (n === 0) throw new RangeError('There is nothing to search: no coordinate was given.');
  if (!(start.sigma > 0) || !Number.isFinite(start.sigma)) {
    throw new RangeError(`The first step must be above 0, found ${start.sigma}.`);
  }
  if (!Number.isInteger(population) || population < 2) {
    throw new RangeError(`The population must be a whole number from 2, found ${population}.`);
  }
  const { bounds } = start;
  const outside = start.mean.findIndex(
    (value, i) =>
      !(value >= (bounds?.low[i] ?? -Infinity) && value <= (bounds?.high[i] ?? Infinity)),
  );
  if (outside >= 0) throw new RangeError(`Coordinate ${outside + 1} starts outside its bounds.`);
  const diagonal = start.diagonal ?? n > 100;
  const zeros = new Array<number>(n).fill(0);
  return {
    start: { ...start, population, seed: start.seed ?? 1, diagonal },
    ...{ generation: 0, evaluations: 0, mean: start.mean, sigma: start.sigma },
    ...{ pathSigma: zeros, pathC: zeros, covariance: startCovariance(n, diagonal) },
    ...{ best: null, bests: [], medians: [], spread: Infinity },
  };
}

/** How often a candidate beyond the bounds is drawn anew before it is put onto them. */
const MOST_DRAWS = 100;

/** The next population, the same however often it is asked for. */
export function ask(state: CmaState): readonly (readonly number[])[] {
  const { start, generation, mean, sigma, covariance } = state;
  return Array.from({ length: start.population }, (_, candidate) => {
    let x: number[] = [];
    for (let attempt = 0; attempt < MOST_DRAWS; attempt++) {
      const z = normalsAt(start.seed, generation, candidate, attempt, mean.length);
      const y = stretched(covariance, z);
      x = mean.map((value, i) => value + sigma * y[i]);
      if (isWithin(x, start.bounds)) return x;
    }
    const { low, high } = start.bounds!;
    return x.map((value, i) => Math.min(high[i], Math.max(low[i], value)));
  });
}

const isWithin = (x: readonly number[], bounds: Start['bounds']) =>
  !bounds || x.every((value, i) => value >= bounds.low[i] && value <= bounds.high[i]);

/** The state after the values of `ask(state)`, in its order. What is no number counts as worst. */
export function tell(state: CmaState, values: readonly number[]): CmaState {
  const { start, mean, sigma, covariance } = state;
  const n = mean.length;
  const c = constantsOf(n, start.population, start.diagonal);
  const known = values.map((value) => (Number.isNaN(value) ? Infinity : value));
  const population = ask(state);
  const order = [...known.keys()].sort((a, b) => known[a] - known[b] || a - b);
  const steps = order.map((at) => population[at].map((value, i) => (value - mean[i]) / sigma));
  const towards = mean.map((_, i) => {
    let sum = 0;
    for (let k = 0; k < c.parents; k++) sum += c.weights[k] * steps[k][i];
    return sum;
  });
  const generation = state.generation + 1;
  const shrunk = shortened(covariance, towards);
  const reach = Math.sqrt(c.cSigma * (2 - c.cSigma) * c.effective);
  const pathSigma = state.pathSigma.map((value, i) => (1 - c.cSigma) * value + reach * shrunk[i]);
  const length = Math.hypot(...pathSigma);
  // While the step size still grows fast, the path stands still: equation 45 and below.
  const settled = length / Math.sqrt(1 - (1 - c.cSigma) ** (2 * generation));
  const moves = settled < (1.4 + 2 / (n + 1)) * c.expected;
  const gain = moves ? Math.sqrt(c.cPath * (2 - c.cPath) * c.effective) : 0;
  const pathC = state.pathC.map((value, i) => (1 - c.cPath) * value + gain * towards[i]);
  const updated = updatedCovariance(covariance, c, {
    steps,
    path: pathC,
    kept: moves ? 0 : c.cPath * (2 - c.cPath),
  });
  const sorted = order.map((at) => known[at]);
  const found = { x: population[order[0]], value: sorted[0] };
  return {
    start,
    generation,
    evaluations: state.evaluations + values.length,
    mean: mean.map((value, i) => value + sigma * towards[i]),
    sigma: sigma * Math.exp(Math.min(1, (c.cSigma / c.damping) * (length / c.expected - 1))),
    ...{ pathSigma, pathC, covariance: decomposed(updated, c, generation) },
    best: state.best && state.best.value <= found.value ? state.best : found,
    bests: [...state.bests, sorted[0]],
    medians: [...state.medians, sorted[sorted.length >> 1]],
    spread: sorted.at(-1)! - sorted[0],
  };
}
