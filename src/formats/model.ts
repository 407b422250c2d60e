import type { FloatDtype } from '../numerics/dtype.ts';
import type { LeftOut } from './beside.ts';
import type { CodesFormula, ScaleDtype } from './codes/formula.ts';
import type { RowsFormula } from './rows.ts';
import type { Axes, StoredTensor } from './stored-tensor.ts';
import type { Adapter, UpdateFormula } from './update.ts';

export type { Axes, CodesFormula, ScaleDtype, StoredTensor };

/** A tensor whose values are computed from several stored ones. */
export type ComputedTensor = {
  readonly name: string;
  /** What its values are rounded to, once. */
  readonly dtype: FloatDtype;
  readonly shape: readonly number[];
  /** For people: "FP8 with block scales". */
  readonly scheme: string;
  readonly formula: CodesFormula | UpdateFormula | RowsFormula;
  /** Codes, scales, and offsets if the formula has them; factors of an update, and what it is added to. */
  readonly inputs: readonly StoredTensor[];
};

/** A named tensor of values. Stored ones may be read as bytes; of others there are only values. */
export type TensorEntry = StoredTensor | ComputedTensor;

export function isComputed(entry: TensorEntry): entry is ComputedTensor {
  return 'formula' in entry;
}

/** The stored tensors behind a tensor: itself, or what it is computed from. */
export function storedOf(entry: TensorEntry): readonly StoredTensor[] {
  return isComputed(entry) ? entry.inputs : [entry];
}

/** What a model's quantised weights came to. */
export type Quantised = {
  /** Tensors that are read as values, by scheme. */
  readonly read: readonly { readonly scheme: string; readonly tensors: readonly string[] }[];
  /** Codes that cannot be read as values; the stored tensors are what `Model.tensors` has. */
  readonly unreadable: readonly Unreadable[];
  /** Stored tensors that nobody needs once the values are read: scales of activations, marks. */
  readonly leftOut: readonly string[];
  /** The method that config.json names, whether or not there are codes. */
  readonly declared: string | null;
};

export type Unreadable = {
  readonly scheme: string;
  readonly tensors: readonly string[];
  /** What was found of the first of them, and what was expected. */
  readonly why: string;
};

export type WeightFile = {
  /** Its path in the model's folder. */
  readonly name: string;
  readonly size: number;
  /** Which component it belongs to: a folder in the model's; empty for the model's own weights. */
  readonly component: string;
  /** Set where it is no file on disk, but tensors of one that do not lie in order there, put in order. */
  readonly held?: Uint8Array<ArrayBuffer>;
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
  /** In file order: by file, then by offset. Weights stored as codes are here as what they stand for. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Parsed config.json, or null when there is none. */
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly components: readonly Component[];
  readonly companions: readonly Companion[];
  /** What lay in its folder and does not go into an output. */
  readonly leftOut: readonly LeftOut[];
  /** What its files do not agree on, one sentence each. */
  readonly remarks: readonly string[];
  readonly quantised: Quantised;
  /** Set where the files hold updates of a base instead of weights; then `tensors` is empty. */
  readonly adapter: Adapter | null;
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
