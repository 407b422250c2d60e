import type { ConflictMap } from '../../views/conflict-map.ts';

/** Every cell of the picture, one a line, with all its numbers. RFC 4180. */
export function csvOf({ cells, rows, columns, models }: ConflictMap): string {
  const head = [
    ...['layer', 'role', 'first tensor', 'tensors', 'state', 'cancellation', 'conflict rate'],
    ...['standard error of the rate', 'overruled', 'elections differ', 'overlap', 'norm'],
    ...models.flatMap((name) => [`${name}: left`, `${name}: norm`, `${name}: overruled`]),
  ];
  const lines = cells.map(({ row, column, first, tensors, state, stats }) => [
    ...[rows[row], columns[column], first, tensors, state],
    ...[stats.cancellation, stats.conflictRate, stats.errors.conflictRate],
    ...[stats.overruled, stats.disagreement, stats.overlap, stats.norm],
    ...stats.models.flatMap(({ left, norm, overruled }) => [left, norm, overruled]),
  ]);
  return [head, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
