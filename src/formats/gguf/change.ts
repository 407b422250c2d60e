import type { Change } from './architectures/architecture.ts';
import type { GgufJob } from './plan.ts';

/** Elements of a block of a tensor on its way into the file: 16 MiB as f32. */
export const BLOCK_ELEMENTS = 4 * 2 ** 20;

export type Grid = { readonly rows: number; readonly columns: number };

/** A tensor as rows that are stored one after the other; of one dimension, rows of one element. */
export function gridOf(shape: readonly number[]): Grid {
  const columns = shape.length > 1 ? shape.at(-1)! : 1;
  const elements = shape.reduce((product, size) => product * size, 1);
  return { rows: columns === 0 ? 0 : elements / columns, columns };
}

/** Rows of a block: about `most` elements, at least one row, and whole heads where their rows change places. */
export function rowsPerBlock(job: GgufJob, most = BLOCK_ELEMENTS): number {
  const { rows, columns } = gridOf(job.shape);
  const change: Change = 'source' in job ? job.change : { kind: 'none' };
  const together = change.kind === 'interleave' ? rows / change.heads : 1;
  return Math.max(1, Math.floor(most / (together * columns))) * together;
}

/** The values of a block after the change; not for `transpose`, whose rows are columns of the source. */
export function changed(values: Float32Array, job: GgufJob): Float32Array {
  const change: Change = 'source' in job ? job.change : { kind: 'none' };
  if (change.kind === 'plus one') return values.map((value) => value + 1);
  if (change.kind !== 'interleave') return values;
  const { rows, columns } = gridOf(job.shape);
  return interleaved(values, rows / change.heads, columns);
}

/** Of each head the first row of its first half, the first of its second, the second of its first, … */
function interleaved(values: Float32Array, headRows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  const half = headRows / 2;
  const rows = values.length / columns;
  for (let row = 0; row < rows; row++) {
    const inHead = row % headRows;
    const from = row - inHead + (inHead % 2) * half + Math.floor(inHead / 2);
    out.set(values.subarray(from * columns, (from + 1) * columns), row * columns);
  }
  return out;
}

/**
 * Puts columns [first, first + rows of `out`) of some rows of the source, from its row `row` on, where they belong in
 * `out`: rows of the transposed matrix, `width` elements each.
 */
export function transposeInto(
  out: Float32Array,
  width: number,
  first: number,
  source: Float32Array,
  sourceColumns: number,
  row: number,
): void {
  const outRows = out.length / width;
  const sourceRows = source.length / sourceColumns;
  for (let k = 0; k < sourceRows; k++) {
    for (let r = 0; r < outRows; r++) {
      out[r * width + row + k] = source[k * sourceColumns + first + r];
    }
  }
}
