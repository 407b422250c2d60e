/** Lines of a table by group, layer or tensor: which, sorted and searched. */
import type { Sorting } from '../kit/window-table.tsx';

export type By = 'group' | 'layer' | 'tensor';

export const bys: readonly { readonly value: By; readonly label: string }[] = [
  { value: 'group', label: 'Group' },
  { value: 'layer', label: 'Layer' },
  { value: 'tensor', label: 'Tensor' },
];

/**
 * What is searched for, in order: by name or by a number; what has no number comes last.
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
