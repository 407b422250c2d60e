/**
 * Merges that take task vectors apart by their singular values. A task vector with two axes, both longer than 1, is a
 * matrix; of all others, which have no spectrum, the mean is taken, as the papers' codes do.
 */
import {
  beside,
  columnsOf,
  type Matrix,
  scaleColumns,
  transpose,
} from '../numerics/algebra/matrix.ts';
import { multiply } from '../numerics/algebra/product.ts';
import { type Svd, svd } from '../numerics/algebra/svd.ts';
import { settle } from '../numerics/round.ts';
import { alongFirst } from './lines.ts';
import type { At, Call, Measure } from './method.ts';
import { lambda } from './params.ts';
import { addChange } from './steps.ts';

type Shape = readonly number[];
/** What a spectral method makes of the task vectors of one weight: a matrix of their shape. */
export type Spectral = (changes: readonly Matrix[]) => Matrix;

export function isMatrix(shape: Shape): boolean {
  return shape.length === 2 && Math.min(...shape) > 1;
}

/** Asked for once: the change of the whole tensor, a number for each element in the order of its elements. */
export function changeMeasures(call: Call, soFar: readonly unknown[], of: Spectral): Measure[] {
  if (soFar.length > 0 || call.elementCount === 0) return [];
  return [{ kind: 'whole', of: (changes) => changeOf(changes, call.shape, of) }];
}

/** What such methods have in common: base + λ · change, where the measured change is the guide. */
export const spectral = {
  family: 'spectra',
  arity: { base: 'required', models: [1, Number.POSITIVE_INFINITY] },
  params: { global: { lambda }, perModel: {} },
  choices: [],
  receives: { once: { lambda: 'f32' }, each: {} },
  coefficients: ({ global }: { readonly global: { readonly lambda: number } }) => ({
    lambda: global.lambda,
  }),
  guides: {
    count: () => 1,
    // Each element is a vector of its own.
    of: (_: unknown, [change = []]: readonly (readonly number[])[]) =>
      ({ by: 'line', lines: alongFirst([1, change.length]), values: [change] }) as const,
  },
  merge(
    _: unknown,
    base: Float32Array,
    c: { readonly lambda: number },
    at: At,
    out: Float32Array,
  ): void {
    const change = at.guides[0].slice();
    settle(change, at.round);
    addChange(base, change, c.lambda, at.round, out);
  },
} as const;

/** f64 throughout. NaN everywhere where a task vector is not finite: it has no singular values. */
export function changeOf(
  changes: readonly Float32Array[],
  shape: Shape,
  of: Spectral,
): Float64Array {
  const { length } = changes[0];
  if (!changes.every((change) => change.every(Number.isFinite))) {
    return new Float64Array(length).fill(Number.NaN);
  }
  if (!isMatrix(shape)) {
    return Float64Array.from({ length }, (_, i) => {
      return changes.reduce((sum, change) => sum + change[i], 0) / changes.length;
    });
  }
  const [rows, columns] = shape;
  // Row-major numbers are, as they lie there, the columns of the transpose; every step here is alike on both.
  const matrices = changes.map((change) => ({
    rows: columns,
    columns: rows,
    values: Float64Array.from(change),
  }));
  return of(matrices).values;
}

/** Of `s`, descending: how many are more than noise of f32. Below it a direction says nothing of the model. */
function known(s: Float64Array): number {
  const noise = s.length > 0 ? s[0] * s.length * 2 ** -24 : 0;
  const first = s.findIndex((value) => value <= noise);
  return first < 0 ? s.length : first;
}

/** U·Vᵀ: all singular values become 1, those that are noise 0. The nearest orthonormal matrix (Procrustes). */
export function polar({ u, s, v }: Svd): Matrix {
  const count = known(s);
  return multiply(columnsOf(u, 0, count), transpose(columnsOf(v, 0, count)));
}

/** Iso-C: the singular values of the sum become their mean (Marczak et al. 2025, arXiv 2502.04959, section 4). */
export const isotropic: Spectral = (changes) => {
  const parts = svd(sumOf(changes));
  const mean = parts.s.reduce((sum, value) => sum + value, 0) / parts.s.length;
  const directions = polar(parts);
  return { ...directions, values: directions.values.map((value) => value * mean) };
};

/** Of `sides` p at the smaller: singular vectors that each of N models keeps; at least one. */
export function keptVectors(smaller: number, models: number): number {
  return Math.max(1, Math.trunc(smaller / models));
}

/**
 * TSV-M: each model keeps its first p ÷ N singular vectors; those of all models are made orthogonal together, on
 * both sides, and keep their singular values (Gargiulo et al. 2025, arXiv 2412.00081: TSV-Merge).
 */
export const orthogonalised: Spectral = (changes) => {
  const { rows, columns } = changes[0];
  const count = keptVectors(Math.min(rows, columns), changes.length);
  const parts = changes.map(svd);
  const first = (side: 'u' | 'v') => parts.map((part) => columnsOf(part[side], 0, count));
  const u = polar(svd(beside(rows, first('u'))));
  const v = polar(svd(beside(columns, first('v'))));
  const s = parts.flatMap((part) => Array.from(part.s.subarray(0, count)));
  return multiply(scaleColumns(u, s), transpose(v));
};

function sumOf(matrices: readonly Matrix[]): Matrix {
  const [first, ...others] = matrices;
  const values = first.values.slice();
  for (const other of others) for (let i = 0; i < values.length; i++) values[i] += other.values[i];
  return { ...first, values };
}

/** Operations of one SVD, about: a QR of the longer side, some eight Jacobi sweeps over the smaller. */
export function svdOperations(rows: number, columns: number): number {
  const [smaller, larger] = [Math.min(rows, columns), Math.max(rows, columns)];
  return 6 * larger * smaller ** 2 + 56 * smaller ** 3;
}
