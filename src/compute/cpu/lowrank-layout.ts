/** How lowrank.wgsl has its factors. */

/** Rows and columns that it makes at a time, and the terms it takes together. */
export const ROWS = 4;
export const OCT = 8;
const TERMS = 4;

/** The right factor as the shader reads it: eight columns after eight, filled up with zeros. */
export type Panels = {
  readonly values: Float32Array;
  readonly depth: number;
  readonly columns: number;
  /** Depth with the zeros. */
  readonly terms: number;
  readonly octs: number;
};

export function panelsOf(right: Float32Array, depth: number, columns: number): Panels {
  const terms = Math.ceil(depth / TERMS) * TERMS;
  const octs = Math.ceil(columns / OCT);
  const values = new Float32Array(octs * terms * OCT);
  for (let oct = 0; oct < octs; oct++) {
    const count = Math.min(OCT, columns - oct * OCT);
    for (let k = 0; k < depth; k++) {
      const from = k * columns + oct * OCT;
      const to = (oct * terms + k) * OCT;
      for (let j = 0; j < count; j++) values[to + j] = right[from + j];
    }
  }
  return { values, depth, columns, terms, octs };
}

/** Rows of the left factor as the shader reads them, to `into`: four at a time, column by column, zeros besides. */
export function quadsOfLeft(
  left: Float32Array,
  rows: number,
  { depth, terms }: Panels,
  into: Float32Array,
): void {
  if (rows % ROWS !== 0 || depth !== terms) into.fill(0, 0, Math.ceil(rows / ROWS) * ROWS * terms);
  for (let i = 0; i < rows; i++) {
    const to = Math.floor(i / ROWS) * ROWS * terms + (i % ROWS);
    for (let k = 0; k < depth; k++) into[to + ROWS * k] = left[i * depth + k];
  }
}
