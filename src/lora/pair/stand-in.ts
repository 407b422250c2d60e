/** Adapters without a base, matched with each other. */
import type { TensorEntry } from '../../formats/model.ts';
import type { Adapter, Update } from '../../formats/update.ts';
import { addressesOf } from './addresses.ts';
import { pair } from './pair.ts';

/**
 * What stands for the base: the modules of all adapters together, those of adapters with dots in their names
 * first. So underscores are resolved against names that are known, what one has fused is cut to what another
 * has apart, and a module has one name however many call it differently. What they save whole is there as well, so that
 * it is met. No tensor of it can be read.
 */
export function standInBase(adapters: readonly Adapter[]): ReadonlyMap<string, TensorEntry> {
  const base = new Map<string, TensorEntry>();
  const order = [...adapters].sort((one, other) => Number(isFlat(one)) - Number(isFlat(other)));
  for (const adapter of order) {
    for (const entry of missingIn(base, adapter)) base.set(entry.name, entry);
  }
  return base;
}

const isFlat = ({ updates }: Adapter) =>
  updates.some(({ module }) => addressesOf(module).some(({ flat }) => flat));

/** What nobody before has. */
function missingIn(
  base: ReadonlyMap<string, TensorEntry>,
  adapter: Adapter,
): readonly TensorEntry[] {
  const updates = new Map(
    adapter.updates.map((update) => [`${update.module}.${update.of}`, update]),
  );
  const saved = new Map(adapter.saved.map(({ name, tensor }) => [name, tensor]));
  return pair(adapter, base).unmatched.flatMap(({ module, of, why }): readonly TensorEntry[] => {
    if (of === 'saved') {
      const tensor = saved.get(module)!;
      return why.kind === 'missing' ? [{ ...tensor, name: module }] : [];
    }
    const update = updates.get(`${module}.${of}`)!;
    if (why.kind === 'missing') return [standIn(`${module}.${of}`, update)];
    return why.kind === 'no bias' ? [standIn(why.tensor.replace(/weight$/, of), update)] : [];
  });
}

function standIn(name: string, { of, rows, columns }: Update): TensorEntry {
  const shape = of === 'bias' ? [rows] : [rows, columns];
  return { name, dtype: 'F32', shape, file: 0, begin: 0, end: 0 };
}
