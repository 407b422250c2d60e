/** What CMA-ES has learnt of the directions: a matrix and its decomposition, or variances alone. Plain JSON. */
import { rightSvd } from '../../../numerics/algebra/svd.ts';
import type { Constants } from './settings.ts';

export type Covariance = {
  /** n × n, column after column; of the diagonal alone n numbers. */
  readonly values: readonly number[];
  /** Eigenvectors, one column each; null for the diagonal. */
  readonly axes: readonly number[] | null;
  /** Square roots of the eigenvalues: standard deviations along the axes. */
  readonly lengths: readonly number[];
  /** The generation of the decomposition. */
  readonly decomposedAt: number;
};

export function startCovariance(n: number, diagonal: boolean): Covariance {
  const lengths = new Array<number>(n).fill(1);
  if (diagonal) return { values: lengths, axes: null, lengths, decomposedAt: 0 };
  const identity = Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0));
  return { values: identity, axes: identity, lengths, decomposedAt: 0 };
}

/** C^½·z: a step of the distribution from standard normal values. */
export function stretched({ axes, lengths }: Covariance, z: ArrayLike<number>): readonly number[] {
  const scaled = lengths.map((length, k) => length * z[k]);
  return axes ? times(axes, scaled) : scaled;
}

/** C^−½·y: what `stretched` made longer is made as short again. */
export function shortened({ axes, lengths }: Covariance, y: readonly number[]): readonly number[] {
  if (!axes) return y.map((value, i) => value / lengths[i]);
  const n = y.length;
  const along = lengths.map((length, k) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += axes[k * n + i] * y[i];
    return sum / length;
  });
  return times(axes, along);
}

function times(axes: readonly number[], along: readonly number[]): readonly number[] {
  const n = along.length;
  const result = new Array<number>(n).fill(0);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) result[i] += axes[k * n + i] * along[k];
  }
  return result;
}

/** Standard deviation of every coordinate. */
export function deviations({ values, axes, lengths }: Covariance): readonly number[] {
  return lengths.map((_, i) => Math.sqrt(axes ? values[i * lengths.length + i] : values[i]));
}

/** The longest axis by the shortest, squared. */
export function condition({ lengths }: Covariance): number {
  return (Math.max(...lengths) / Math.min(...lengths)) ** 2;
}

type Learnt = {
  /** Of the population, best first, in units of the step size. */
  readonly steps: readonly (readonly number[])[];
  readonly path: readonly number[];
  /** How much of the old is kept besides, while the path stands still. */
  readonly kept: number;
};

/** Equation 47: some of the old, the path, and the steps by their ranks; of bad ones the longer count for less. */
export function updatedCovariance(
  covariance: Covariance,
  { c1, cMu, weights }: Constants,
  { steps, path, kept }: Learnt,
): Covariance {
  const n = path.length;
  const ranks = weights.map((weight, k) => {
    if (weight >= 0) return weight;
    return (weight * n) / Math.max(1e-300, squareOf(shortened(covariance, steps[k])));
  });
  const old = 1 + c1 * kept - c1 - cMu * weights.reduce((sum, weight) => sum + weight, 0);
  const element = (value: number, i: number, j: number) => {
    let sum = old * value + c1 * path[i] * path[j];
    for (let k = 0; k < steps.length; k++) sum += cMu * ranks[k] * steps[k][i] * steps[k][j];
    return sum;
  };
  if (!covariance.axes) {
    return { ...covariance, values: covariance.values.map((value, i) => element(value, i, i)) };
  }
  const values = new Array<number>(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i <= j; i++) {
      values[j * n + i] = element(covariance.values[j * n + i], i, j);
      values[i * n + j] = values[j * n + i];
    }
  }
  return { ...covariance, values };
}

/** Decomposed anew when enough was learnt since: the tutorial's B.2. */
export function decomposed(
  covariance: Covariance,
  { c1, cMu }: Constants,
  generation: number,
): Covariance {
  const { values, axes, lengths, decomposedAt } = covariance;
  const n = lengths.length;
  if (!axes) return { ...covariance, lengths: values.map(Math.sqrt), decomposedAt: generation };
  if (generation - decomposedAt < 1 / (10 * n * (c1 + cMu))) return covariance;
  const { s, v } = rightSvd({ rows: n, columns: n, values: Float64Array.from(values) });
  const roots = [...s].map((value) => Math.sqrt(Math.max(value, Number.MIN_VALUE)));
  return { values, axes: [...v.values], lengths: roots, decomposedAt: generation };
}

const squareOf = (y: readonly number[]) => y.reduce((sum, value) => sum + value * value, 0);
