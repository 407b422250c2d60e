/** The numbers behind the pictures. RFC 4180. */
import type { Close, Patch } from '../../views/close.ts';
import type { ConflictMap } from '../../views/conflict-map.ts';
import { csv } from '../kit/csv.ts';
import { pullsOf } from './pulls.ts';

/** Every cell of the picture, one a line, with all its numbers. */
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
  return csv([head, ...lines]);
}

/** Every tile of a tensor, one a line: which elements it holds, and their sums. */
export function csvOfTiles({ tiling, tiles }: Pick<Close, 'tiling' | 'tiles'>): string {
  const { rows, columns, height, width, across } = tiling;
  const head = [
    ...['first row', 'last row', 'first column', 'last column', 'mass', 'cancelled mass'],
    ...['cancellation', 'worst element', 'shared', 'in conflict'],
  ];
  const lines = Array.from(tiles.mass, (mass, i) => {
    const [row, column] = [Math.floor(i / across) * height, (i % across) * width];
    return [
      ...[row, Math.min(rows, row + height) - 1, column, Math.min(columns, column + width) - 1],
      ...[mass, tiles.opposed[i], mass > 0 ? tiles.opposed[i] / mass : null],
      ...[tiles.most[i], tiles.shared[i], tiles.conflicts[i]],
    ];
  });
  return csv([head, ...lines]);
}

/** Every element of a square, or one of them: base, result, and what each model wants. */
export function csvOfElements(patch: Patch, models: readonly string[], only?: number): string {
  const { row, column, across, base, merged, values, isMerged } = patch;
  const head = [
    ...['row', 'column', 'base', 'merged', 'cancellation'],
    ...models.flatMap((name) => [`${name}: change`, `${name}: left`, `${name}: weight`]),
  ];
  const all = Array.from(base, (_, i) => i).filter(
    (i) => isMerged[i] === 1 && (only === undefined || i === only),
  );
  const lines = all.map((i) => [
    ...[row + Math.floor(i / across), column + (i % across), base[i], merged ? merged[i] : null],
    pullsOf(patch, i).cancels,
    ...values.flatMap(({ change, left, weight }) => [change[i], left[i], weight]),
  ]);
  return csv([head, ...lines]);
}
