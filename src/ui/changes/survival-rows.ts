/** Lines of the table of what a merge keeps: sorted, searched, and as CSV. */
import { type Survival, type Survived, survivedAt } from '../../views/survival.ts';
import { csv } from '../kit/csv.ts';
import type { Sorting } from '../kit/window-table.tsx';

export type Row = Survived & { readonly name: string };
export type By = 'group' | 'layer' | 'tensor';

export const bys: readonly { readonly value: By; readonly label: string }[] = [
  { value: 'group', label: 'Group' },
  { value: 'layer', label: 'Layer' },
  { value: 'tensor', label: 'Tensor' },
];

export function rowsBy(by: By, { groups, layers, tensors, models }: Survival): readonly Row[] {
  if (by === 'group') return groups;
  if (by === 'layer') return layers;
  return tensors.names.map((name, i) => ({ name, ...survivedAt(tensors, models.length, i) }));
}

/** A column of single numbers, beside those of the models. */
export type Column = { readonly head: string; readonly of: (row: Survived) => number | null };

export const columns = [
  { head: '÷ average', of: ({ overAverage }) => overAverage },
  { head: 'of base', of: ({ overBase }) => overBase },
  { head: 'Signs flipped', of: ({ flipped }) => flipped },
  { head: 'Unchanged', of: ({ unchanged }) => unchanged },
  { head: 'Beyond F16', of: ({ beyondF16 }) => beyondF16 },
] as const satisfies readonly Column[];

/**
 * What is searched for, in order: by name, by a model's number, or by one of `columns`; what has no number comes last.
 * Null keeps the order of the model.
 */
export function inOrder<R extends { readonly name: string }>(
  rows: readonly R[],
  search: string,
  order: Sorting | null,
  of: (row: R, column: number) => number | string | null,
): readonly R[] {
  const wanted = search.trim().toLowerCase();
  const found = wanted ? rows.filter(({ name }) => name.toLowerCase().includes(wanted)) : rows;
  if (order === null) return found;
  const { column, isDown } = order;
  const direction = isDown ? -1 : 1;
  return found.toSorted((a, b) => {
    const [x, y] = [of(a, column), of(b, column)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    if (typeof x === 'string' || typeof y === 'string') {
      return direction * String(x).localeCompare(String(y), 'en', { numeric: true });
    }
    return direction * (x - y);
  });
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
