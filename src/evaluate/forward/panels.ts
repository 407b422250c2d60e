/** Weights as matmul.wgsl reads them. */

const OCT = 8;

/** Columns of a product as they are stored, in whole octs. */
export function paddedTo8(columns: number): number {
  return Math.ceil(columns / OCT) * OCT;
}

/** Writes `count` rows of a matrix to the panels `into`, as the columns of the product that `place` gives them. */
function put(
  matrix: Float32Array,
  [rows, depth]: readonly [number, number],
  into: Float32Array,
  place: (row: number) => number,
): void {
  for (let row = 0; row < rows; row++) {
    const column = place(row);
    let to = Math.floor(column / OCT) * OCT * depth + (column % OCT);
    const from = row * depth;
    for (let k = 0; k < depth; k++) {
      into[to] = matrix[from + k];
      to += OCT;
    }
  }
}

/** Matrices one under the other: their products stand side by side. Each is rows × depth, row by row. */
export function panelsOf(matrices: readonly Float32Array[], depth: number): Float32Array {
  const rows = matrices.map((matrix) => matrix.length / depth);
  const columns = rows.reduce((sum, count) => sum + count, 0);
  const panels = new Float32Array(paddedTo8(columns) * depth);
  let first = 0;
  for (const [at, matrix] of matrices.entries()) {
    const begin = first;
    put(matrix, [rows[at], depth], panels, (row) => begin + row);
    first += rows[at];
  }
  return panels;
}

/** Two matrices of one shape, four columns of the first and four of the second in turns: gates, and what they open. */
export function gatedPanelsOf(gate: Float32Array, up: Float32Array, depth: number): Float32Array {
  const rows = gate.length / depth;
  const panels = new Float32Array(2 * gate.length);
  const places = [0, 4];
  for (const [at, matrix] of [gate, up].entries()) {
    put(matrix, [rows, depth], panels, (row) => Math.floor(row / 4) * OCT + places[at] + (row % 4));
  }
  return panels;
}

/** The same for two biases. */
export function gatedBiasOf(gate: Float32Array, up: Float32Array): Float32Array {
  return gatedPanelsOf(gate, up, 1);
}
