/** Weights as matmul.wgsl reads them. */

const OCT = 8;

/** Columns of a product as they are stored, in whole octs. */
export function paddedTo8(columns: number): number {
  return Math.ceil(columns / OCT) * OCT;
}

/**
 * Writes a matrix to the panels `into`, its rows as the columns of the product that `place` gives them. After a row that comes
 * to a multiple of four, the next three follow.
 */
function put(
  matrix: Float32Array,
  [rows, depth]: readonly [number, number],
  into: Float32Array,
  place: (row: number) => number,
): void {
  let row = 0;
  while (row < rows) {
    const column = place(row);
    let to = Math.floor(column / OCT) * OCT * depth + (column % OCT);
    let from = row * depth;
    const end = from + depth;
    // Four rows that become neighbours are written together, which is three times as quick.
    if (column % 4 === 0 && row + 4 <= rows) {
      for (; from < end; from++) {
        into[to] = matrix[from];
        into[to + 1] = matrix[from + depth];
        into[to + 2] = matrix[from + 2 * depth];
        into[to + 3] = matrix[from + 3 * depth];
        to += OCT;
      }
      row += 4;
      continue;
    }
    for (; from < end; from++) {
      into[to] = matrix[from];
      to += OCT;
    }
    row++;
  }
}

/** Numbers that the panels of these matrices hold. */
export function panelSize(matrices: readonly Float32Array[], depth: number): number {
  const columns = matrices.reduce((sum, matrix) => sum + matrix.length / depth, 0);
  return paddedTo8(columns) * depth;
}

/** Matrices one under the other: their products stand side by side. Each is rows × depth, row by row. */
export function panelsOf(
  matrices: readonly Float32Array[],
  depth: number,
  panels: Float32Array = new Float32Array(panelSize(matrices, depth)),
): Float32Array {
  const rows = matrices.map((matrix) => matrix.length / depth);
  const columns = rows.reduce((sum, count) => sum + count, 0);
  if (columns % OCT !== 0) panels.fill(0);
  let first = 0;
  for (const [at, matrix] of matrices.entries()) {
    const begin = first;
    put(matrix, [rows[at], depth], panels, (row) => begin + row);
    first += rows[at];
  }
  return panels;
}

/** Two matrices of one shape, four columns of the first and four of the second in turns: gates, and what they open. */
export function gatedPanelsOf(
  gate: Float32Array,
  up: Float32Array,
  depth: number,
  panels: Float32Array = new Float32Array(2 * gate.length),
): Float32Array {
  const rows = gate.length / depth;
  const places = [0, 4];
  for (const [at, matrix] of [gate, up].entries()) {
    put(matrix, [rows, depth], panels, (row) => Math.floor(row / 4) * OCT + places[at] + (row % 4));
  }
  return panels;
}
