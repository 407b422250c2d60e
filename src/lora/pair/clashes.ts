/** Updates of one adapter that cannot all mean what their names seem to. */
import type { Update } from '../../formats/update.ts';
import type { Share } from './assemble.ts';
import { grouped } from './grouped.ts';
import { kindOf } from './nearest.ts';
import type { Why } from './pairing.ts';

type Refused = ReadonlyMap<Update, Why>;

/**
 * Modules of one kind in a base have names of one kind in an adapter. Where the ends of two kinds of names
 * agree with it, as vision.layers.3.q and text.layers.3.q with layers.3.q, what was found by its end is not it.
 */
export function doubtful(shares: readonly Share[]): Refused {
  const refused = new Map<Update, Why>();
  for (const group of grouped(shares, (share) => [placeOf(share)]).values()) {
    const kinds = grouped(group, ({ update }) => [kindOf(update.module)]);
    if (kinds.size === 1) continue;
    for (const { update, tensor, byEnds } of group) {
      if (!byEnds) continue;
      const own = kindOf(update.module);
      const [, [other]] = [...kinds].find(([kind]) => kind !== own)!;
      const why = { kind: 'ending', tensor: tensor.name, other: other.update.module } as const;
      refused.set(update, why);
    }
  }
  return refused;
}

const placeOf = ({ tensor, from }: Share) => `${kindOf(tensor.name)}:${from}`;

/** Updates that reach the same rows: none of them is taken. */
export function overlaps(shares: readonly Share[]): Refused {
  const refused = new Map<Update, Why>();
  for (const [tensor, group] of grouped(shares, (share) => [share.tensor.name])) {
    for (const run of overlapping(group)) {
      const modules = [...new Set(run.map(({ update }) => update.module))];
      for (const { update } of run) refused.set(update, { kind: 'clash', tensor, modules });
    }
  }
  return refused;
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
