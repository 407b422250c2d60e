import type { StoredTensor } from '../../formats/model.ts';
import type { Adapter } from '../../formats/update.ts';
import type { Settings } from './scale.ts';
import type { Parts } from './types/type.ts';

/** What is read of an adapter: names and shapes, its config, and the values of its scalars. */
export type Given = {
  /** The file to name in errors. */
  readonly file: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Parsed adapter_config.json. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** `__metadata__` of the file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The value of a tensor of one element. */
  readonly numberOf: (tensor: StoredTensor) => number;
};

/** What the tool that wrote an adapter takes for granted. */
export type Dialect = {
  readonly name: string;
  readonly base: Adapter['base'];
  /** Of the adapter as a whole, one sentence each. */
  readonly remarks: readonly string[];
  /** Null where nothing but the tensors says. */
  readonly settingsOf: (module: string) => Settings | null;
  /** Whether a linear weight of the base is kept as inputs × outputs. */
  readonly isFanInFanOut: (module: string) => boolean;
  /** Why a module must not be read although its tensors could be; null for nearly all. */
  readonly objection: (module: string, parts: Parts) => string | null;
  /** What a person should know of a module that is read, without a full stop. */
  readonly remarkOn: (module: string) => string | null;
  /**
   * Which tensor of the base one that is no part of an update stands in for, and what to say of it, without a
   * full stop; `why` it is not read where it does not.
   */
  readonly replacing: (
    tensor: string,
  ) => { readonly name: string; readonly remark: string | null } | { readonly why: string };
};
