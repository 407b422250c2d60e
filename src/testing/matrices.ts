import type { Term } from '../lora/factors.ts';
import { type Matrix, zeros } from '../numerics/algebra/matrix.ts';
import type { Random } from './samples.ts';

/** Plain loops, so that what is compared with them shares none of their code. */

export function matrixOfRows(rows: readonly (readonly number[])[]): Matrix {
  const result = zeros(rows.length, rows[0]?.length ?? 0);
  for (const [i, row] of rows.entries()) {
    for (const [j, value] of row.entries()) result.values[j * rows.length + i] = value;
  }
  return result;
}

export function rowsOf({ rows, columns, values }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => values[j * rows + i]),
  );
}

/** Values around 0, seldom beyond ±2. */
export function randomMatrix(random: Random, rows: number, columns: number): Matrix {
  const result = zeros(rows, columns);
  for (let at = 0; at < result.values.length; at++) {
    result.values[at] = random() + random() + random() + random() - 2;
  }
  return result;
}

export function randomTerm(
  random: Random,
  outputs: number,
  inputs: number,
  rank: number,
  weight = 2 * random() - 1,
): Term {
  return {
    b: randomMatrix(random, outputs, rank),
    a: randomMatrix(random, inputs, rank),
    weight,
  };
}

/** Σ weight·B·A, element by element. */
export function denseSum(terms: readonly Term[]): Matrix {
  const [{ b, a }] = terms;
  const result = zeros(b.rows, a.rows);
  for (const term of terms) {
    for (let k = 0; k < term.b.columns; k++) {
      for (let j = 0; j < a.rows; j++) {
        for (let i = 0; i < b.rows; i++) {
          result.values[j * b.rows + i] +=
            term.weight * term.b.values[k * b.rows + i] * term.a.values[k * a.rows + j];
        }
      }
    }
  }
  return result;
}

/** U·diag(s)·Vᵀ. */
export function denseSvd(u: Matrix, s: ArrayLike<number>, v: Matrix): Matrix {
  const scaled = { ...u, values: u.values.map((value, at) => value * s[Math.floor(at / u.rows)]) };
  return denseSum([{ b: scaled, a: v, weight: 1 }]);
}

export function norm({ values }: Matrix): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return largest * Math.sqrt(values.reduce((sum, value) => sum + (value / largest) ** 2, 0));
}

/** ‖x − y‖ in units of ‖y‖, or of 1 where y is zero; NaN when shapes differ. */
export function relativeDistance(x: Matrix, y: Matrix): number {
  if (x.rows !== y.rows || x.columns !== y.columns) return Number.NaN;
  const difference = x.values.map((value, at) => value - y.values[at]);
  return norm({ ...x, values: difference }) / (norm(y) || 1);
}

/** The largest element of |QᵀQ − I|. */
export function lackOfOrthogonality({ rows, columns, values }: Matrix): number {
  let most = 0;
  for (let p = 0; p < columns; p++) {
    for (let q = 0; q < columns; q++) {
      let product = p === q ? -1 : 0;
      for (let i = 0; i < rows; i++) product += values[p * rows + i] * values[q * rows + i];
      most = Math.max(most, Math.abs(product));
    }
  }
  return most;
}
