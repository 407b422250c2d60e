import { FormatError } from '../../formats/error.ts';
import type { StoredTensor } from '../../formats/model.ts';
import type { Given } from './dialect.ts';
import { type Part, readName, whyForeign } from './names.ts';

/** All tensors that a file has of one module. */
export type Module = {
  readonly name: string;
  readonly tensors: readonly StoredTensor[];
  readonly parts: ReadonlyMap<Part, StoredTensor>;
  /** Names of two tensors that claim to be the same part; null where all is well. */
  readonly twice: readonly string[] | null;
};

/**
 * Groups tensors by module, in the order in which modules first appear; `others` are those that are no part of an
 * update by their names. Throws `FormatError` when names tell several adapters apart.
 */
export function groupByModule({ tensors, file }: Given) {
  const others: StoredTensor[] = [];
  type Growing = { readonly tensors: StoredTensor[]; readonly parts: Map<Part, StoredTensor> };
  const modules = new Map<string, Growing>();
  const twice = new Map<string, readonly string[]>();
  const adapters = new Set<string>();
  for (const tensor of tensors.values()) {
    const name = whyForeign(tensor.name) === null ? readName(tensor.name) : null;
    if (!name) {
      others.push(tensor);
      continue;
    }
    if (name.adapter !== null) adapters.add(name.adapter);
    const known: Growing = modules.get(name.module) ?? { tensors: [], parts: new Map() };
    const other = known.parts.get(name.part);
    if (other) twice.set(name.module, [other.name, tensor.name]);
    known.parts.set(name.part, tensor);
    known.tensors.push(tensor);
    modules.set(name.module, known);
  }
  if (adapters.size > 1) {
    throw new FormatError('several-models', {
      file,
      found: `several adapters in one file: ${[...adapters].slice(0, 5).join(', ')}`,
      expected: 'one',
      advice: 'Save them one by one with PEFT (save_pretrained with selected_adapters).',
    });
  }
  const list = [...modules].map(
    ([name, own]): Module => ({ name, ...own, twice: twice.get(name) ?? null }),
  );
  return { modules: list, others };
}
