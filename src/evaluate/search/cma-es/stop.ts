import type { CmaState } from './cma-es.ts';
import { condition, deviations } from './covariance.ts';

export type StopRules = {
  /** The smallest step that is worth going, in units of the coordinates. */
  readonly tolX?: number;
  /** The smallest difference of values that counts. */
  readonly tolValue?: number;
};

/** Why a search has come to its end, for people; null while it goes on. After the tutorial's B.3. */
export function stopReason(state: CmaState, rules: StopRules = {}): string | null {
  const { start, generation, sigma, covariance, bests, medians, pathC } = state;
  if (generation === 0) return null;
  const n = pathC.length;
  const { tolX = 1e-11 * start.sigma, tolValue = 1e-12 } = rules;
  const widths = deviations(covariance).map((width) => sigma * width);
  if (widths.every((width, i) => width < tolX && Math.abs(sigma * pathC[i]) < tolX)) {
    return 'The steps have become too small to matter.';
  }
  const recent = 10 + Math.ceil((30 * n) / start.population);
  const last = bests.slice(-recent);
  if (generation >= recent && Math.max(...last) - Math.min(...last) < tolValue) {
    if (!(state.spread >= tolValue)) return 'Nothing that is tried makes a difference any more.';
  }
  if (sigma * Math.max(...covariance.lengths) > 1e4 * start.sigma) {
    return 'The steps grow without end: start with a longer one, or with bounds.';
  }
  if (condition(covariance) > 1e14) {
    return 'Some directions have become ten million times longer than others.';
  }
  if (isStagnant(bests, n, start.population) && isStagnant(medians, n, start.population)) {
    return 'Nothing better has been found for a long time.';
  }
  return null;
}

/** The newest values of a long stretch are no better than its oldest. */
function isStagnant(values: readonly number[], n: number, population: number): boolean {
  const long = Math.min(
    20_000,
    Math.max(120 + Math.ceil((30 * n) / population), values.length / 5),
  );
  if (values.length < long) return false;
  const stretch = values.slice(-Math.floor(long));
  const part = Math.max(20, Math.floor(0.3 * stretch.length));
  return medianOf(stretch.slice(-part)) >= medianOf(stretch.slice(0, part));
}

const medianOf = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1];
