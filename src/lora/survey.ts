/**
 * What there is to tell of the updates of one module, each by itself and against each other, for views: thousands of
 * modules in seconds. All of it is in two Gram matrices, BᵀB and AᵀA of all factors side by side, which are a quarter
 * of the work of a QR. They hold squares, so half of the digits are lost: where that could be seen (factors that depend
 * on each other, or whose product nearly cancels) the slow and exact way is gone.
 */
import { cholesky } from '../numerics/algebra/cholesky.ts';
import { gram } from '../numerics/algebra/gram.ts';
import { type Matrix, transpose, zeros } from '../numerics/algebra/matrix.ts';
import { multiply } from '../numerics/algebra/product.ts';
import { rightSvd } from '../numerics/algebra/svd.ts';
import { innerProducts } from './compare.ts';
import { concatenate } from './concatenate.ts';
import type { Factors, Term } from './factors.ts';
import { decomposeSum } from './refactor.ts';
import type { Spectrum } from './spectrum.ts';

export type ModuleSurvey = {
  /** Of each update. */
  readonly spectra: readonly Spectrum[];
  /** ⟨ΔWᵢ, ΔWⱼ⟩: see `innerProducts`. */
  readonly inner: Matrix;
};

/** Relative difference of two ways to the same norm at which the quick one is not taken. */
const TOLERANCE = 1e-9;

/**
 * Each update is a sum of terms, all of one module's rows and columns. At least one update; errors as those of
 * `concatenate`.
 */
export function surveyOf(updates: readonly (readonly Term[])[]): ModuleSurvey {
  const factors = updates.map((terms) => concatenate(terms, 'b'));
  return quickly(factors) ?? exactly(factors);
}

function exactly(factors: readonly Factors[]): ModuleSurvey {
  return {
    spectra: factors.map((one) => decomposeSum([{ ...one, weight: 1 }]).spectrum),
    inner: innerProducts(factors),
  };
}

function quickly(factors: readonly Factors[]): ModuleSurvey | null {
  const { b, a } = concatenate(
    factors.map((one) => ({ ...one, weight: 1 })),
    'b',
  );
  const [gb, ga] = [gram(b), gram(a)];
  const starts = [0];
  for (const one of factors) starts.push(starts[starts.length - 1] + one.b.columns);
  const inner = zeros(factors.length, factors.length);
  const spectra: Spectrum[] = [];
  for (const i of factors.keys()) {
    for (let j = 0; j < factors.length; j++) {
      inner.values[j * factors.length + i] = sumOf(gb, ga, starts, i, j);
    }
    const [rb, ra] = [gb, ga].map((each) => cholesky(blockOf(each, starts, i, i)));
    if (rb === null || ra === null) return null;
    const { s } = rightSvd(multiply(rb, transpose(ra)));
    const energy = s.reduce((sum, value) => sum + value * value, 0);
    const own = inner.values[i * factors.length + i];
    if (!(Math.abs(energy - own) <= TOLERANCE * energy)) return null;
    spectra.push(s);
  }
  return { spectra, inner };
}

/** Columns of one update against those of another. */
function blockOf(
  { rows, values }: Matrix,
  starts: readonly number[],
  i: number,
  j: number,
): Matrix {
  const result = zeros(starts[i + 1] - starts[i], starts[j + 1] - starts[j]);
  for (let q = 0; q < result.columns; q++) {
    const from = (starts[j] + q) * rows + starts[i];
    result.values.set(values.subarray(from, from + result.rows), q * result.rows);
  }
  return result;
}

/** tr(ΔWᵢᵀΔWⱼ) = Σ (BᵢᵀBⱼ) ∘ (AᵢᵀAⱼ). */
function sumOf(gb: Matrix, ga: Matrix, starts: readonly number[], i: number, j: number): number {
  let sum = 0;
  for (let q = starts[j]; q < starts[j + 1]; q++) {
    for (let p = starts[i]; p < starts[i + 1]; p++) {
      sum += gb.values[q * gb.rows + p] * ga.values[q * ga.rows + p];
    }
  }
  return sum;
}
