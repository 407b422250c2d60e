/** A tensor whose rows belong to tokens, with its rows in another order: plain data. */
import type { FloatDtype } from '../numerics/dtype.ts';
import type { CodesFormula } from './codes/formula.ts';
import type { Axes } from './stored-tensor.ts';
import type { UpdateFormula } from './update.ts';

/** A tensor that rows are taken from. */
export type RowSource = {
  /** Of its values. */
  readonly dtype: FloatDtype;
  /** How they are computed; null where they are stored. */
  readonly formula: CodesFormula | UpdateFormula | null;
  /** How many of the formula's inputs are its own; they follow those of the sources before it. */
  readonly inputs: number;
};

/** A row of a source. */
export type RowOf = { readonly source: number; readonly row: number };

/** What `RowMap.rows` says where it names no row of the first source; below `ROW_ZEROS` it is one of `others`. */
export const ROW_MEAN = -1;
export const ROW_ZEROS = -2;

export type RowMap = {
  /** For each row of the result: a row of the first source, `ROW_MEAN`, `ROW_ZEROS`, or −3 − an index into `others`. */
  readonly rows: Int32Array<ArrayBuffer>;
  /** A row from another place, or the mean of several. */
  readonly others: readonly (readonly RowOf[])[];
  /** Equal maps have equal ones. */
  readonly key: string;
};

/**
 * Values of a tensor whose rows come from several. The mean of rows is their sum divided by their number, each step
 * rounded to `steps`; `ROW_MEAN` is the mean of all rows of the result that are not it.
 */
export type RowsFormula = {
  readonly kind: 'rows';
  /** 1, rows, columns. */
  readonly sizes: Axes;
  readonly sources: readonly RowSource[];
  readonly map: RowMap;
  readonly steps: 'F32' | 'F16' | 'BF16';
};
