import type { StoredTensor, TensorEntry } from '../../formats/model.ts';

/** A whole tensor, a run of rows of one, or several put together. Its name is the model's own. */
export type NamedTensor = TensorEntry & {
  /** What it is put together from, in order; `begin` and `end` then count bytes of that row. */
  readonly pieces?: readonly StoredTensor[];
};

/** Tensors by the names they meet under. */
export type Tensors = ReadonlyMap<string, NamedTensor>;
