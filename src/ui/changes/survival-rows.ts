/** Lines of the table of what a merge keeps, and as CSV. */
import { type Survival, type Survived, survivedAt } from '../../views/survival.ts';
import { csv } from '../kit/csv.ts';
import type { By } from './group-rows.ts';

export type Row = Survived & { readonly name: string };
export function rowsBy(by: By, { groups, layers, tensors, models }: Survival): readonly Row[] {
  if (by === 'group') return groups;
  if (by === 'layer') return layers;
  return tensors.names.map((name, i) => ({ name, ...survivedAt(tensors, models.length, i) }));
}

/** Every group, layer and tensor, one a line, with all its numbers. */
export function survivalCsv(survival: Survival): string {
  const { models, whole } = survival;
  const head = [
    ...['of', 'name'],
    ...models.flatMap((name) => [`cosine with ${name}`, `length over ${name}`]),
    ...['length', 'over the average', 'over the base', 'signs flipped', 'unchanged', 'beyond F16'],
  ];
  const line = (of: string, row: Row) => [
    ...[of, row.name],
    ...models.flatMap((_, k) => [row.cosines[k], row.ratios[k]]),
    ...[row.norm, row.overAverage, row.overBase, row.flipped, row.unchanged, row.beyondF16],
  ];
  const kinds = ['group', 'layer', 'tensor'] as const;
  return csv([
    head,
    line('model', { name: '', ...whole }),
    ...kinds.flatMap((by) => rowsBy(by, survival).map((row) => line(by, row))),
  ]);
}
