/** By which column rows stand, and which way; null as they came. */
export type Order = {
  readonly column: string;
  readonly direction: 'ascending' | 'descending';
} | null;

/** What another press on a column's head makes of the order: the largest first, the smallest first, as they came. */
export function toggled(order: Order, column: string): Order {
  if (order?.column !== column) return { column, direction: 'descending' };
  return order.direction === 'descending' ? { column, direction: 'ascending' } : null;
}

/** Rows without a value come last either way. */
export function sorted<T>(
  rows: readonly T[],
  numberOf: (row: T) => number | null,
  order: Order,
): readonly T[] {
  if (order === null) return rows;
  const way = order.direction === 'ascending' ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [one, other] = [numberOf(a), numberOf(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return way * (one - other);
  });
}
