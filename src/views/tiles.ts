/** A tensor as a picture: rows and columns of its matrix pooled into at most so many tiles. */
import { wish } from './tally.ts';

/** How a matrix of rows × columns is cut: tile (i, j) begins at row i · height and column j · width. */
export type Tiling = {
  readonly rows: number;
  readonly columns: number;
  /** Elements that a tile is high and wide; the last ones may be smaller. */
  readonly height: number;
  readonly width: number;
  /** Tiles. */
  readonly down: number;
  readonly across: number;
};

/** The most tiles a side. */
export const mostTiles = 512;

/** A shape as a matrix: of outputs × everything else, as adapters and SVDs see it; a vector is one row. */
export function matrixOf(shape: readonly number[]): readonly [rows: number, columns: number] {
  if (shape.length < 2) return [1, shape[0] ?? 1];
  return [shape[0], shape.slice(1).reduce((product, size) => product * size, 1)];
}

export function tilingOf([rows, columns]: readonly [number, number], most = mostTiles): Tiling {
  const height = Math.max(1, Math.ceil(rows / most));
  const width = Math.max(1, Math.ceil(columns / most));
  return {
    ...{ rows, columns, height, width },
    down: Math.ceil(rows / height),
    across: Math.ceil(columns / width),
  };
}

/** What is pooled: the conflict of a single element is a share as well. */
export type TileSums = {
  /** By tile, row by row: Σ P + Q and Σ 2·min(P, Q); shared elements and those in conflict. */
  readonly mass: Float32Array;
  readonly opposed: Float32Array;
  readonly shared: Float32Array;
  readonly conflicts: Float32Array;
  /** Largest cancellation of one element, 2·min(P, Q) ÷ (P + Q). */
  readonly most: Float32Array;
};

export function emptyTiles({ down, across }: Tiling): TileSums {
  const room = () => new Float32Array(down * across);
  return { mass: room(), opposed: room(), shared: room(), conflicts: room(), most: room() };
}

/**
 * Adds a run of elements, the first of which is element `start` of the tensor.
 *
 * @param left one array a model, before its weight
 */
export function pool(
  sums: TileSums,
  { columns, height, width, across }: Tiling,
  start: number,
  left: readonly Float32Array[],
  weights: ArrayLike<number>,
): void {
  const { mass, opposed, shared, conflicts, most } = sums;
  const count = left[0]?.length ?? 0;
  let row = Math.floor(start / columns);
  let column = start % columns;
  for (let i = 0; i < count; i++) {
    let plus = 0;
    let minus = 0;
    let taking = 0;
    for (let k = 0; k < left.length; k++) {
      const value = wish(left[k][i], weights[k]);
      if (value > 0) plus = Math.fround(plus + value);
      else if (value < 0) minus = Math.fround(minus - value);
      else continue;
      taking += 1;
    }
    if (taking > 0) {
      const tile = Math.floor(row / height) * across + Math.floor(column / width);
      mass[tile] += Math.fround(plus + minus);
      if (taking > 1) shared[tile] += 1;
      if (plus > 0 && minus > 0) {
        const against = 2 * Math.min(plus, minus);
        opposed[tile] += against;
        conflicts[tile] += 1;
        most[tile] = Math.max(most[tile], against / Math.fround(plus + minus));
      }
    }
    column += 1;
    if (column === columns) {
      column = 0;
      row += 1;
    }
  }
}
