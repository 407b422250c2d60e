import type { ComputedTensor, StoredTensor, Unreadable } from '../model.ts';

/** Every stored tensor of a model by name, and what its config says of codes. */
export type Stored = {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly config: Readonly<Record<string, unknown>> | null;
  /** What `config.json` says the weights are quantised with; null when it says nothing. */
  readonly declared: string | null;
  /** What values are rounded to where the scheme itself does not say. */
  readonly values: ComputedTensor['dtype'];
};

/** What became of one tensor of codes. `with` names all that belongs to it, itself included. */
export type Found = { readonly with: readonly string[] } & (
  | { readonly read: ComputedTensor }
  | { readonly unreadable: Omit<Unreadable, 'tensors'> }
);

/** Looks at one stored tensor; null when it is not codes of this kind. */
export type Recogniser = (tensor: StoredTensor, stored: Stored) => Found | null;

export function unreadable(
  tensor: StoredTensor,
  companions: readonly StoredTensor[],
  scheme: string,
  why: string,
): Found {
  return { with: namesOf([tensor, ...companions]), unreadable: { scheme, why } };
}

export function namesOf(tensors: readonly StoredTensor[]): readonly string[] {
  return tensors.map(({ name }) => name);
}

/** "F32 [4, 1]". */
export function described({ dtype, shape }: Pick<StoredTensor, 'dtype' | 'shape'>): string {
  return `${dtype} [${shape.join(', ')}]`;
}
