/** Meets an adapter's updates with the tensors of a base. */
import type { StoredTensor, TensorEntry } from '../../formats/model.ts';
import type { Adapter } from '../../formats/update.ts';
import { isFloatDtype } from '../../numerics/dtype.ts';
import { assemble, type Share } from './assemble.ts';
import { doubtful, overlaps } from './clashes.ts';
import { grouped } from './grouped.ts';
import { type Base, baseOf, meet, meetSaved } from './meet.ts';
import type { Pairing, Unmatched, Why } from './pairing.ts';

/**
 * What each update of an adapter changes in a base, by names: see README. Shapes decide among candidates;
 * what does not fit, or may be two things, is unmatched with the reason. `tensors` is `Model.tensors`.
 */
export function pair(adapter: Adapter, tensors: ReadonlyMap<string, TensorEntry>): Pairing {
  const base = baseOf(tensors);
  const unmatched: Unmatched[] = [];
  const shares: Share[] = [];
  for (const update of adapter.updates) {
    const met = meet(base, update);
    if ('found' in met) shares.push(...met.found);
    else unmatched.push({ module: update.module, of: update.of, why: met.why });
  }
  let left: readonly Share[] = shares;
  for (const refuse of [doubtful, overlaps]) {
    const refused = refuse(left);
    for (const [{ module, of }, why] of refused) unmatched.push({ module, of, why });
    left = left.filter(({ update }) => !refused.has(update));
  }
  const pairs = [...grouped(left, ({ tensor }) => [tensor.name]).values()].map(assemble);
  const saved = meetAllSaved(base, adapter, new Set(pairs.map(({ tensor }) => tensor)));
  return { pairs, saved: saved.saved, unmatched: [...unmatched, ...saved.unmatched] };
}

/** Each replaces a tensor of the base; updates of the same are added to its values. */
function meetAllSaved(base: Base, { saved }: Adapter, updated: ReadonlySet<string>) {
  const unmatched: Unmatched[] = [];
  const replaced = new Map<string, { name: string; tensor: StoredTensor }>();
  for (const { name, tensor } of saved) {
    const refuse = (why: Why) => unmatched.push({ module: name, of: 'saved', why });
    const met = meetSaved(base, name, tensor);
    if ('why' in met) {
      refuse(met.why);
      continue;
    }
    const target = met.found.name;
    const other = replaced.get(target)?.name;
    const isUpdated = updated.has(target) && !isFloatDtype(tensor.dtype);
    if (other === undefined && !isUpdated) replaced.set(target, { name, tensor });
    else refuse({ kind: 'clash', tensor: target, modules: [name, other ?? 'an update'] });
  }
  const pairs = [...replaced].map(([tensor, own]) => ({ tensor, saved: own.tensor }));
  return { saved: pairs, unmatched };
}
