/** Meets an adapter's updates with the tensors of a base. */
import type { StoredTensor, TensorEntry } from '../../formats/model.ts';
import type { Adapter, Update } from '../../formats/update.ts';
import { assemble, type Share } from './assemble.ts';
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
  const clashes = clashesOf(shares);
  for (const [{ module, of }, why] of clashes) unmatched.push({ module, of, why });
  const pairs = [...groupsOf(shares.filter(({ update }) => !clashes.has(update))).values()].map(
    assemble,
  );
  const saved = meetAllSaved(base, adapter, new Set(pairs.map(({ tensor }) => tensor)));
  return { pairs, saved: saved.saved, unmatched: [...unmatched, ...saved.unmatched] };
}

/** Updates that reach the same rows: none of them is taken. */
function clashesOf(shares: readonly Share[]): ReadonlyMap<Update, Why> {
  const clashes = new Map<Update, Why>();
  for (const [tensor, group] of groupsOf(shares)) {
    for (const run of overlapping(group)) {
      const modules = [...new Set(run.map(({ update }) => update.module))];
      for (const { update } of run) clashes.set(update, { kind: 'clash', tensor, modules });
    }
  }
  return clashes;
}

/** Runs of shares that overlap, one the next. */
function overlapping(group: readonly Share[]): readonly (readonly Share[])[] {
  const runs: Share[][] = [];
  let end = 0;
  for (const share of [...group].sort((one, other) => one.from - other.from)) {
    if (share.from < end) runs.at(-1)!.push(share);
    else runs.push([share]);
    end = Math.max(end, share.to);
  }
  return runs.filter((run) => run.length > 1);
}

function groupsOf(shares: readonly Share[]): ReadonlyMap<string, readonly Share[]> {
  return grouped(shares, ({ tensor }) => [tensor.name]);
}

/** Each replaces a tensor of the base that nothing else reaches. */
function meetAllSaved(base: Base, { saved }: Adapter, updated: ReadonlySet<string>) {
  const unmatched: Unmatched[] = [];
  const replaced = new Map<string, { name: string; tensor: StoredTensor }>();
  for (const { name, tensor } of saved) {
    const met = meetSaved(base, name, tensor);
    const target = 'found' in met ? met.found.name : null;
    const other = target === null ? undefined : replaced.get(target);
    const isTaken = target !== null && (updated.has(target) || other !== undefined);
    if ('why' in met) unmatched.push({ module: name, of: 'saved', why: met.why });
    else if (isTaken) {
      const modules = [name, other?.name ?? 'an update'];
      unmatched.push({
        module: name,
        of: 'saved',
        why: { kind: 'clash', tensor: target, modules },
      });
    } else replaced.set(met.found.name, { name, tensor });
  }
  const pairs = [...replaced].map(([tensor, own]) => ({ tensor, saved: own.tensor }));
  return { saved: pairs, unmatched };
}
