import type { Dtype } from '../numerics/dtype.ts';
import type { LeftOut } from './beside.ts';

/** Where one tensor lies. `name` is its identity: of a component's, with the component in front. `begin` and `end` are byte offsets in the file, header included. */
export type TensorEntry = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Index into `Model.files`. */
  readonly file: number;
  readonly begin: number;
  readonly end: number;
};

export type WeightFile = {
  /** Its path in the model's folder. */
  readonly name: string;
  readonly size: number;
  /** Which component it belongs to: a folder in the model's; empty for the model's own weights. */
  readonly component: string;
};

/** A part of a model with weights of its own: the unet of a pipeline, a dense layer behind an encoder. */
export type Component = {
  /** Its folder; empty for the model's own. */
  readonly name: string;
  /** Parsed config.json of the folder, or null when there is none. */
  readonly config: Readonly<Record<string, unknown>> | null;
};

/** A small file that is not weights: config, tokenizer, code, licence. */
export type Companion = {
  /** Its path in the model's folder. */
  readonly name: string;
  readonly size: number;
  /**
   * Names of its content, `sha256:…` or `git:…` (the git blob), in hex. One in common: equal files. Empty
   * for files that nobody compares.
   */
  readonly digests: readonly string[];
  /** The text of configs and chat templates; null for all others, which are copied as bytes. */
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
  readonly components: readonly Component[];
  readonly companions: readonly Companion[];
  /** What lay in its folder and does not go into an output. */
  readonly leftOut: readonly LeftOut[];
  /** What its files do not agree on, one sentence each. */
  readonly remarks: readonly string[];
  /** `__metadata__` of the weight files. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** A tensor's name in the whole model: "unet/conv_in.weight"; of the model's own weights, as it is stored. */
export function identityOf(component: string, stored: string): string {
  return component === '' ? stored : `${component}/${stored}`;
}

/** The name that a tensor has in the files of its component. */
export function storedName(component: string, identity: string): string {
  return component === '' ? identity : identity.slice(component.length + 1);
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
