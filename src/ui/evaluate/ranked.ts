import { isHigherBetter } from '../../evaluate/tasks/task.ts';
import type { ScoreRow } from './rows.ts';

/** What a model scores on average: the mean of its shares, its loss where no task gives a share; null before all is known. */
export function averageOf({ scores }: ScoreRow): {
  readonly kind: 'share' | 'loss';
  readonly value: number;
} | null {
  const known = scores.flatMap((cell) => (cell ? [cell.score] : []));
  if (known.length === 0 || known.length < scores.length) return null;
  const shares = known.filter(({ kind }) => isHigherBetter(kind));
  const kind = shares.length > 0 ? 'share' : 'loss';
  const values = shares.length > 0 ? shares.map(({ mean }) => mean) : known.map(({ loss }) => loss);
  const told = values.filter((value) => value !== null);
  if (told.length < values.length) return null;
  return { kind, value: told.reduce((sum, value) => sum + value, 0) / told.length };
}

/** The best first, by their averages; those without one last, in their order. */
export function ranked(rows: readonly ScoreRow[]): readonly ScoreRow[] {
  const worth = (row: ScoreRow) => {
    const average = averageOf(row);
    if (average === null) return -Infinity;
    return average.kind === 'share' ? average.value : -average.value;
  };
  return rows.toSorted((a, b) => {
    const [x, y] = [worth(a), worth(b)];
    return x === y ? 0 : y - x;
  });
}
