import type { Dtype } from '../numerics/dtype.ts';

/**
 * One tensor as it lies in a file. `name` is its identity: of a component's, with the component in front.
 * `begin` and `end` are byte offsets in the file, header included.
 */
export type StoredTensor = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Index into `Model.files`. */
  readonly file: number;
  readonly begin: number;
  readonly end: number;
  /** Whose file it is, where it is another model's: what an adapter is added to. */
  readonly model?: string;
};

/** Matrices, rows, columns: a tensor as it is computed. */
export type Axes = readonly [matrices: number, rows: number, columns: number];
