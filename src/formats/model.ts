import type { Dtype } from '../numerics/dtype.ts';

/** Where one tensor lies. `begin` and `end` are byte offsets in the file, header included. */
export type TensorEntry = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Index into `Model.files`. */
  readonly file: number;
  readonly begin: number;
  readonly end: number;
};

export type WeightFile = { readonly name: string; readonly size: number };

/** A file that is not weights: config, tokenizer, generation config. Small. */
export type Companion = {
  readonly name: string;
  readonly size: number;
  /** Names of its content, `sha256:…` or `git:…` (the git blob), in hex. One in common: equal files. */
  readonly digests: readonly string[];
  /** The text of config.json; null for all others, which are copied as bytes. */
  readonly text: string | null;
};

/** One or more files that together hold named tensors; headers only, no weights. Plain data. */
export type Model = {
  readonly id: string;
  readonly name: string;
  readonly files: readonly WeightFile[];
  /** In file order: by file, then by offset. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Parsed config.json, or null when there is none. */
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly companions: readonly Companion[];
  /** `__metadata__` of the weight files. */
  readonly metadata: Readonly<Record<string, string>>;
};

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
