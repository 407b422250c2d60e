import type { StoredTensor } from '../../../formats/model.ts';
import type { Matrix } from '../../../formats/update.ts';
import type { Inputs } from '../inputs.ts';
import type { Part } from '../names.ts';
import { Unreadable } from '../unreadable.ts';

export type Parts = ReadonlyMap<Part, StoredTensor>;

/** The matrix that a module's parts make, not yet scaled. */
export type Product = {
  /** For people. */
  readonly type: string;
  readonly rows: number;
  readonly columns: number;
  readonly matrix: Matrix;
  /** By which alpha is divided; null where there is none. */
  readonly rank: number | null;
};

/** A way of storing a matrix. Which one a module has, its parts tell. */
export type Type = {
  readonly parts: readonly Part[];
  /** Whether a scale belongs to it at all. */
  readonly isScaled: boolean;
  /**
   * `fanInFanOut`: whether the base keeps its linear weights as inputs × outputs. Throws `Unreadable` when parts
   * are missing or do not fit each other.
   */
  readonly read: (parts: Parts, inputs: Inputs, fanInFanOut: boolean) => Product;
};

/** Throws `Unreadable` when it is missing. */
export function need(parts: Parts, part: Part): StoredTensor {
  const tensor = parts.get(part);
  if (tensor) return tensor;
  const found = [...parts.keys()].join(', ');
  throw new Unreadable(`No ${part} tensor beside ${found}.`);
}
