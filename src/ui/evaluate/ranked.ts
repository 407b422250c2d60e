import { isShare } from '../../evaluate/tasks/task.ts';
import type { ScoreRow } from './rows.ts';

/**
 * What a model scores on average: the mean of its shares; where no task gives one, of its correlations, or its loss. Null before
 * all is known that it is able to.
 */
export function averageOf({ scores, unable }: ScoreRow): {
  readonly kind: 'share' | 'correlation' | 'loss';
  readonly value: number;
} | null {
  const known = scores.flatMap((cell) => (cell ? [cell.score] : []));
  if (known.length === 0 || scores.some((cell, at) => !cell && !unable[at])) return null;
  const shares = known.filter((score) => isShare(score.kind));
  const told = shares.length > 0 ? shares : known;
  const kind =
    shares.length > 0
      ? 'share'
      : told.every((score) => score.kind === 'pairs')
        ? 'correlation'
        : 'loss';
  const values = told.flatMap(({ mean, loss }) => (kind === 'loss' ? loss : mean) ?? []);
  if (values.length < told.length) return null;
  return { kind, value: values.reduce((sum, value) => sum + value, 0) / values.length };
}

/** The best first, by their averages; those without one last, in their order. */
export function ranked(rows: readonly ScoreRow[]): readonly ScoreRow[] {
  const worth = (row: ScoreRow) => {
    const average = averageOf(row);
    if (average === null) return -Infinity;
    return average.kind === 'loss' ? -average.value : average.value;
  };
  return rows.toSorted((a, b) => {
    const [x, y] = [worth(a), worth(b)];
    return x === y ? 0 : y - x;
  });
}
