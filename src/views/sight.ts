/** Which part of a tensor's picture is in sight. */
import type { Tiling } from './tiles.ts';

/** In elements of the tensor's matrix; it may begin between two of them. */
export type Sight = {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
};

type Place = { readonly row: number; readonly column: number };
type Size = Pick<Tiling, 'rows' | 'columns'>;

/** Elements a side that one can come as near as. */
const fewest = 8;

export function wholeSight({ rows, columns }: Size): Sight {
  return { row: 0, column: 0, rows, columns };
}

export function isWhole(sight: Sight, { rows, columns }: Size): boolean {
  return sight.rows >= rows && sight.columns >= columns;
}

/** So many times nearer, or farther below 1; the element at `at` stays where it is in the picture. */
export function zoomed(sight: Sight, times: number, at: Place, size: Size): Sight {
  const rows = between(sight.rows / times, Math.min(fewest, size.rows), size.rows);
  const columns = between(sight.columns / times, Math.min(fewest, size.columns), size.columns);
  const row = at.row - ((at.row - sight.row) * rows) / sight.rows;
  const column = at.column - ((at.column - sight.column) * columns) / sight.columns;
  return inside({ row, column, rows, columns }, size);
}

/** Moved by so many elements, as far as the tensor goes. */
export function moved(sight: Sight, rows: number, columns: number, size: Size): Sight {
  return inside({ ...sight, row: sight.row + rows, column: sight.column + columns }, size);
}

/** Moved no more than it takes to see an element and what is around it. */
export function holding(sight: Sight, { row, column }: Place, size: Size): Sight {
  const first = (from: number, length: number, at: number) => {
    const around = Math.min(2, length / 4);
    return between(from, at + 1 + around - length, at - around);
  };
  const moved = {
    row: first(sight.row, sight.rows, row),
    column: first(sight.column, sight.columns, column),
  };
  return inside({ ...sight, ...moved }, size);
}

/** As much of what was asked for as there is: a link may ask for more. */
export function fitted(sight: Sight, size: Size): Sight {
  return zoomed(sight, 1, sight, size);
}

function inside(sight: Sight, { rows, columns }: Size): Sight {
  return {
    ...sight,
    row: between(sight.row, 0, rows - sight.rows),
    column: between(sight.column, 0, columns - sight.columns),
  };
}

function between(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
