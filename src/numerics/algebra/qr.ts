import { columnsOf, identity, lengthOf, type Matrix, zeros } from './matrix.ts';

/**
 * A = Q·R by Householder reflections (Golub and Van Loan, Matrix Computations, 4th ed., 5.2), for any shape.
 * Column j holds R down to its diagonal and the reflector vⱼ below, whose first element, 1, is not stored:
 * Q = H₀H₁…, Hⱼ = I − τⱼvⱼvⱼᵀ. Each column's error is relative to that column, so columns of very different
 * size do not disturb each other.
 */
export type Qr = { readonly packed: Matrix; readonly tau: Float64Array };

/** Of finite values; q = min(rows, columns) reflectors. */
export function factorQr(a: Matrix): Qr {
  const { rows, columns } = a;
  const packed = { ...a, values: a.values.slice() };
  const x = packed.values;
  const tau = new Float64Array(Math.min(rows, columns));
  const qr = { packed, tau };
  // Four columns at a time stay near the processor while all reflectors before them pass by.
  for (let first = 0; first < columns; first += 4) {
    const end = Math.min(first + 4, columns);
    for (let j = 0; j < Math.min(first, tau.length); j++) reflect(qr, j, x, first, end);
    for (let j = first; j < Math.min(end, tau.length); j++) {
      tau[j] = makeReflector(x, j * rows + j, (j + 1) * rows);
      reflect(qr, j, x, j + 1, end);
    }
  }
  return qr;
}

/** R, min(rows, columns) × columns. */
export function upperTriangle({ packed, tau }: Qr): Matrix {
  const result = zeros(tau.length, packed.columns);
  for (let j = 0; j < packed.columns; j++) {
    const kept = Math.min(j + 1, tau.length);
    const from = j * packed.rows;
    result.values.set(packed.values.subarray(from, from + kept), j * tau.length);
  }
  return result;
}

/** Q·X for X of at most as many rows as A; missing rows count as zeros. As many rows as A. */
export function multiplyByQ(qr: Qr, x: Matrix): Matrix {
  const { rows } = qr.packed;
  const result = zeros(rows, x.columns);
  for (let j = 0; j < x.columns; j++) {
    result.values.set(x.values.subarray(j * x.rows, (j + 1) * x.rows), j * rows);
  }
  for (let first = 0; first < x.columns; first += 4) {
    const end = Math.min(first + 4, x.columns);
    // Reflectors that begin below the last value meet zeros only.
    const last = Math.min(lastRow(columnsOf(x, first, end)), qr.tau.length - 1);
    for (let j = last; j >= 0; j--) reflect(qr, j, result.values, first, end);
  }
  return result;
}

/** The first min(rows, columns) columns of Q: an orthonormal basis of A's range when A has full rank. */
export function thinQ(qr: Qr): Matrix {
  return multiplyByQ(qr, identity(qr.tau.length));
}

/** The last row that holds anything but zeros; −1 when none does. */
function lastRow({ rows, values }: Matrix): number {
  for (let i = rows - 1; i >= 0; i--) {
    for (let at = i; at < values.length; at += rows) if (values[at] !== 0) return i;
  }
  return -1;
}

/** Turns x[from … end) into β and the rest of v; gives τ, 0 when there is nothing to reflect. */
function makeReflector(x: Float64Array, from: number, end: number): number {
  const alpha = x[from];
  const below = lengthOf(x, from + 1, end);
  if (below === 0) return 0;
  const beta = alpha > 0 ? -Math.hypot(alpha, below) : Math.hypot(alpha, below);
  const pivot = alpha - beta;
  for (let i = from + 1; i < end; i++) x[i] /= pivot;
  x[from] = beta;
  return -pivot / beta;
}

/** Hⱼ on the columns `first` … before `end`, at most four of them, of x, which has A's rows. */
function reflect(
  { packed, tau }: Qr,
  j: number,
  x: Float64Array,
  first: number,
  end: number,
): void {
  const { rows, values: v } = packed;
  const vAt = j * rows;
  const t = tau[j];
  if (t === 0) return;
  if (end - first === 4) {
    const a0 = first * rows;
    const a1 = a0 + rows;
    const a2 = a1 + rows;
    const a3 = a2 + rows;
    let s0 = x[a0 + j];
    let s1 = x[a1 + j];
    let s2 = x[a2 + j];
    let s3 = x[a3 + j];
    for (let i = j + 1; i < rows; i++) {
      const vi = v[vAt + i];
      s0 += vi * x[a0 + i];
      s1 += vi * x[a1 + i];
      s2 += vi * x[a2 + i];
      s3 += vi * x[a3 + i];
    }
    s0 *= t;
    s1 *= t;
    s2 *= t;
    s3 *= t;
    x[a0 + j] -= s0;
    x[a1 + j] -= s1;
    x[a2 + j] -= s2;
    x[a3 + j] -= s3;
    for (let i = j + 1; i < rows; i++) {
      const vi = v[vAt + i];
      x[a0 + i] -= vi * s0;
      x[a1 + i] -= vi * s1;
      x[a2 + i] -= vi * s2;
      x[a3 + i] -= vi * s3;
    }
    return;
  }
  for (let column = first; column < end; column++) {
    const at = column * rows;
    let sum = x[at + j];
    for (let i = j + 1; i < rows; i++) sum += v[vAt + i] * x[at + i];
    sum *= t;
    x[at + j] -= sum;
    for (let i = j + 1; i < rows; i++) x[at + i] -= v[vAt + i] * sum;
  }
}
