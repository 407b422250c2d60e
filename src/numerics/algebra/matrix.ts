/**
 * A matrix of f64, column after column: element (i, j) lies at j·rows + i, so that the inner loops of this
 * room run over neighbours. A row-major tensor of shape [r, n] is, as it lies there, an n × r matrix: its
 * transpose. Either side may be 0.
 */
export type Matrix = {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
};

export function zeros(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(rows * columns) };
}

/** Ones on the diagonal, of any shape. */
export function identity(rows: number, columns = rows): Matrix {
  const result = zeros(rows, columns);
  for (let j = 0; j < Math.min(rows, columns); j++) result.values[j * rows + j] = 1;
  return result;
}

/** The columns from `from` to before `to`; shares the values. */
export function columnsOf(a: Matrix, from: number, to: number): Matrix {
  return { ...a, columns: to - from, values: a.values.subarray(from * a.rows, to * a.rows) };
}

export function transpose({ rows, columns, values }: Matrix): Matrix {
  const result = zeros(columns, rows);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) result.values[i * columns + j] = values[j * rows + i];
  }
  return result;
}

/** Every value times `factor`, into a new matrix. */
export function scale(a: Matrix, factor: number): Matrix {
  const values = new Float64Array(a.values.length);
  for (let at = 0; at < values.length; at++) values[at] = a.values[at] * factor;
  return { ...a, values };
}

/** Column j times `factors[j]`, into a new matrix. */
export function scaleColumns(a: Matrix, factors: ArrayLike<number>): Matrix {
  const { rows } = a;
  const values = new Float64Array(a.values.length);
  for (let j = 0; j < a.columns; j++) {
    const factor = factors[j];
    for (let at = j * rows; at < (j + 1) * rows; at++) values[at] = a.values[at] * factor;
  }
  return { ...a, values };
}

/** The columns of these indices, in this order. */
export function pickColumns(a: Matrix, order: readonly number[]): Matrix {
  return beside(
    a.rows,
    order.map((j) => columnsOf(a, j, j + 1)),
  );
}

/** [a b …], all of `rows` rows. */
export function beside(rows: number, parts: readonly Matrix[]): Matrix {
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const result = zeros(rows, columns);
  let at = 0;
  for (const { values } of parts) {
    result.values.set(values, at);
    at += values.length;
  }
  return result;
}

/**
 * The largest magnitude; 0 of an empty matrix. NaN and infinity have no factorisation: a RangeError says
 * where the first lies, and `what` holds it.
 */
export function largestMagnitude({ rows, columns, values }: Matrix, what: string): number {
  let largest = 0;
  for (let at = 0; at < values.length; at++) {
    const magnitude = Math.abs(values[at]);
    // Written so that NaN gets in as well.
    if (!(magnitude <= largest)) {
      if (!Number.isFinite(magnitude)) {
        const place = `row ${at % rows}, column ${Math.floor(at / rows)}`;
        throw new RangeError(
          `${what} (${rows} × ${columns}) has ${values[at]} in ${place}; only finite numbers can be factored`,
        );
      }
      largest = magnitude;
    }
  }
  return largest;
}

/** √Σx² of one run of values, scaled where the squares would leave the range of f64. */
export function lengthOf(x: Float64Array, from = 0, end = x.length): number {
  let sum = 0;
  for (let i = from; i < end; i++) sum += x[i] * x[i];
  if (sum > 1e-280 && sum < 1e280) return Math.sqrt(sum);
  let largest = 0;
  for (let i = from; i < end; i++) largest = Math.max(largest, Math.abs(x[i]));
  if (largest === 0) return 0;
  sum = 0;
  for (let i = from; i < end; i++) sum += (x[i] / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** The Euclidean length of every column. */
export function columnLengths({ rows, columns, values }: Matrix): Float64Array {
  return Float64Array.from({ length: columns }, (_, j) =>
    lengthOf(values, j * rows, (j + 1) * rows),
  );
}
