/** The constants of CMA-ES, after N. Hansen, "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772, table 1. */

export type Constants = {
  /** Of all ranks, best first; the worse half has negative ones. They sum to 1 over the better half. */
  readonly weights: readonly number[];
  /** How many of them are positive, and the effective number of those. */
  readonly parents: number;
  readonly effective: number;
  /** Learning rates of the step size, of the path, and of the covariance by its path and by the ranks. */
  readonly cSigma: number;
  readonly damping: number;
  readonly cPath: number;
  readonly c1: number;
  readonly cMu: number;
  /** Expected length of n standard normal values. */
  readonly expected: number;
};

/** 4 + ⌊3 ln n⌋. */
export const usualPopulation = (n: number): number => 4 + Math.floor(3 * Math.log(n));

/**
 * Of n coordinates and a population of two or more. `diagonal` learns n variances alone, faster by (n + 2) / 3 and without
 * negative weights: R. Ros and N. Hansen, PPSN 2008.
 */
export function constantsOf(n: number, population: number, diagonal: boolean): Constants {
  const raw = Array.from({ length: population }, (_, i) => {
    return Math.log((population + 1) / 2) - Math.log(i + 1);
  });
  const parents = population >> 1;
  const effective = effectiveOf(raw.slice(0, parents));
  const cSigma = (effective + 2) / (n + effective + 5);
  const speed = diagonal ? (n + 2) / 3 : 1;
  const c1 = Math.min(1, (speed * 2) / ((n + 1.3) ** 2 + effective));
  const cMu = Math.min(
    1 - c1,
    (speed * 2 * (1 / 4 + effective + 1 / effective - 2)) / ((n + 2) ** 2 + effective),
  );
  return {
    weights: weightsOf(raw, parents, { n, c1, cMu, diagonal }),
    ...{ parents, effective, cSigma, c1, cMu },
    damping: 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + cSigma,
    cPath: (4 + effective / n) / (n + 4 + (2 * effective) / n),
    expected: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

/** Equation 49 to 53: positive ones sum to 1, negative ones to as much as keeps the covariance positive. */
function weightsOf(
  raw: readonly number[],
  parents: number,
  { n, c1, cMu, diagonal }: { n: number; c1: number; cMu: number; diagonal: boolean },
): readonly number[] {
  const above = sum(raw.slice(0, parents));
  const below = -sum(raw.filter((weight) => weight < 0));
  const effectiveBelow = effectiveOf(raw.slice(parents));
  const most = Math.min(
    1 + c1 / cMu,
    1 + (2 * effectiveBelow) / (effectiveOf(raw.slice(0, parents)) + 2),
    (1 - c1 - cMu) / (n * cMu),
  );
  return raw.map((weight, at) => {
    if (at < parents) return weight / above;
    return diagonal || weight >= 0 ? 0 : (most * weight) / below;
  });
}

function effectiveOf(weights: readonly number[]): number {
  const squares = sum(weights.map((weight) => weight * weight));
  return squares === 0 ? 0 : sum(weights) ** 2 / squares;
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
