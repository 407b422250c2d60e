import { type Matrix, zeros } from './matrix.ts';

/** A·B. Four columns of A at a time, so that a column of the result is fetched once for four. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  checkInner(a.columns, b.rows);
  const { rows, columns: inner } = a;
  const result = zeros(rows, b.columns);
  const x = a.values;
  for (let j = 0; j < b.columns; j++) {
    const y = b.values.subarray(j * inner, (j + 1) * inner);
    const out = result.values.subarray(j * rows, (j + 1) * rows);
    let k = 0;
    for (; k + 3 < inner; k += 4) {
      const [y0, y1, y2, y3] = [y[k], y[k + 1], y[k + 2], y[k + 3]];
      const [a0, a1, a2, a3] = [k * rows, (k + 1) * rows, (k + 2) * rows, (k + 3) * rows];
      for (let i = 0; i < rows; i++) {
        out[i] += x[a0 + i] * y0 + x[a1 + i] * y1 + (x[a2 + i] * y2 + x[a3 + i] * y3);
      }
    }
    for (; k < inner; k++) {
      const yk = y[k];
      for (let i = 0; i < rows; i++) out[i] += x[k * rows + i] * yk;
    }
  }
  return result;
}

/** Aᵀ·B: every element is the dot product of two columns. */
export function multiplyTransposed(a: Matrix, b: Matrix): Matrix {
  checkInner(a.rows, b.rows);
  const { rows, columns } = a;
  const result = zeros(columns, b.columns);
  const x = a.values;
  for (let j = 0; j < b.columns; j++) {
    const y = b.values.subarray(j * rows, (j + 1) * rows);
    const out = result.values.subarray(j * columns, (j + 1) * columns);
    let k = 0;
    for (; k + 3 < columns; k += 4) {
      const [a0, a1, a2, a3] = [k * rows, (k + 1) * rows, (k + 2) * rows, (k + 3) * rows];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = 0; i < rows; i++) {
        const yi = y[i];
        s0 += x[a0 + i] * yi;
        s1 += x[a1 + i] * yi;
        s2 += x[a2 + i] * yi;
        s3 += x[a3 + i] * yi;
      }
      out[k] = s0;
      out[k + 1] = s1;
      out[k + 2] = s2;
      out[k + 3] = s3;
    }
    for (; k < columns; k++) {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += x[k * rows + i] * y[i];
      out[k] = sum;
    }
  }
  return result;
}

function checkInner(left: number, right: number): void {
  if (left !== right) throw new RangeError(`No product: inner sides are ${left} and ${right}`);
}
