/** What a pickle may hold: plain data, and descriptions of storages and tensors. Nothing here can do anything. */
import type { Dtype } from '../../numerics/dtype.ts';

export type Value =
  | Plain
  | List
  | Dict
  | Tuple
  | StorageType
  | TorchDtype
  | Builder
  | Storage
  | Tensor;
export type Plain = null | boolean | number | bigint | string;

/** May hold itself, as dicts may. */
export type List = { readonly kind: 'list'; readonly items: Value[] };
export type Tuple = { readonly kind: 'tuple'; readonly items: readonly Value[] };
/** `items` is made when the first comes. */
export type Dict = {
  readonly kind: 'dict';
  readonly ordered: boolean;
  items: Map<string | number, Value> | null;
};
/** `torch.HalfStorage`; of `UntypedStorage` the dtype is null, and it counts bytes. */
export type StorageType = {
  readonly kind: 'storage type';
  readonly name: string;
  readonly dtype: Dtype | null;
};
/** `torch.float16`; the dtype is null where safetensors has none. */
export type TorchDtype = {
  readonly kind: 'dtype';
  readonly name: string;
  readonly dtype: Dtype | null;
};
/** One of the functions of the closed list, as a name. */
export type Builder = { readonly kind: 'function'; readonly name: BuilderName };
export type BuilderName =
  | 'collections.OrderedDict'
  | 'torch.Size'
  | 'torch._utils._rebuild_tensor_v2'
  | 'torch._utils._rebuild_tensor_v3'
  | 'torch._utils._rebuild_parameter'
  | 'torch._utils._rebuild_parameter_with_state';

/** As the pickle says; `numel` of an untyped one is bytes. Checked against the archive with its tensor. */
export type Storage = {
  readonly kind: 'storage';
  readonly type: StorageType;
  readonly key: string;
  readonly numel: number;
};

/** Arguments as they were found; checked when the name of the tensor is known. */
export type Tensor = {
  readonly kind: 'tensor';
  readonly storage: Value;
  /** In elements. */
  readonly offset: Value;
  readonly size: Value;
  /** In elements. */
  readonly stride: Value;
  /** Null where it is that of the storage. */
  readonly dtype: Value;
  /** Marks such as "to be read as negative". */
  readonly marks: Value;
};

type Kinds = Exclude<Value, Plain>;

export function isKind<K extends Kinds['kind']>(
  value: Value | undefined,
  kind: K,
): value is Extract<Kinds, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

/** "a dict of 3", for messages; looks at no members. */
export function kindOf(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'a truth value';
  if (typeof value !== 'object') return 'a number';
  switch (value.kind) {
    case 'list':
      return `a list of ${value.items.length}`;
    case 'tuple':
      return `a tuple of ${value.items.length}`;
    case 'dict':
      return `a dict of ${value.items?.size ?? 0}`;
    case 'storage type':
    case 'dtype':
    case 'function':
      return value.name;
    case 'storage':
      return 'a storage';
    case 'tensor':
      return 'a tensor';
  }
}

/** A number as itself, anything else by its kind. */
export function say(value: Value | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  return typeof value === 'bigint' && Math.abs(Number(value)) < 1e30
    ? String(value)
    : kindOf(value);
}
