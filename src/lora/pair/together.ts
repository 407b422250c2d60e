/** Adapters without a base, matched with each other. */
import type { TensorEntry } from '../../formats/model.ts';
import type { Adapter, Update } from '../../formats/update.ts';
import { addressesOf } from './addresses.ts';
import { pair } from './pair.ts';
import type { Pair, Unmatched } from './pairing.ts';

/** One weight or bias that at least one of them changes. */
export type SharedModule = {
  /** As the first adapter calls it that has dots in its names, if any has. */
  readonly name: string;
  readonly of: Update['of'];
  readonly rows: number;
  readonly columns: number;
  /** One of each adapter, in the order given; null where it leaves the module alone. */
  readonly pairs: readonly (Pair | null)[];
};

export type Together = {
  readonly modules: readonly SharedModule[];
  /** By adapter: what does not go with the others, with the reason. */
  readonly unmatched: readonly (readonly Unmatched[])[];
};

/**
 * A table of modules × adapters. The modules of all together stand for the base, those of adapters with dots
 * in their names first: so underscores are resolved against names that are known, and what one has fused is
 * cut to what another has apart. Saved tensors are not in it.
 */
export function pairAdapters(adapters: readonly Adapter[]): Together {
  const base = new Map<string, TensorEntry>();
  const order = [...adapters].sort((one, other) => Number(isFlat(one)) - Number(isFlat(other)));
  const pairings = new Map(
    order.map((adapter) => {
      const without = { ...adapter, saved: [] };
      for (const [name, update] of missingIn(base, without)) base.set(name, standIn(name, update));
      return [adapter, pair(without, base)] as const;
    }),
  );
  const all = adapters.map((adapter) => pairings.get(adapter)!);
  const found = all.map(({ pairs }) => new Map(pairs.map((pair) => [pair.tensor, pair])));
  const modules = [...base.keys()].map((tensor): SharedModule => {
    const pairs = found.map((pairs) => pairs.get(tensor) ?? null);
    const end = tensor.lastIndexOf('.');
    const [rows, columns = 1] = base.get(tensor)!.shape;
    const of = tensor.slice(end + 1) as Update['of'];
    return { name: tensor.slice(0, end), of, rows, columns, pairs };
  });
  return {
    modules: modules.filter(({ pairs }) => pairs.some((pair) => pair !== null)),
    unmatched: all.map(({ unmatched }) => unmatched),
  };
}

const isFlat = ({ updates }: Adapter) =>
  updates.some(({ module }) => addressesOf(module).some(({ flat }) => flat));

/** Updates of modules that nobody before has, by the name that their tensor gets. */
function missingIn(base: ReadonlyMap<string, TensorEntry>, adapter: Adapter) {
  const updates = new Map(
    adapter.updates.map((update) => [`${update.module}.${update.of}`, update]),
  );
  return pair(adapter, base).unmatched.flatMap(({ module, of, why }) => {
    const update = updates.get(`${module}.${of}`)!;
    if (why.kind === 'missing') return [[`${module}.${of}`, update] as const];
    return why.kind === 'no bias' ? [[why.tensor.replace(/weight$/, of), update] as const] : [];
  });
}

function standIn(name: string, { of, rows, columns }: Update): TensorEntry {
  const shape = of === 'bias' ? [rows] : [rows, columns];
  return { name, dtype: 'F32', shape, file: 0, begin: 0, end: 0 };
}
