import { uniqueNames } from '../../evaluate/search/rows.ts';
import type { Result } from '../../evaluate/search/step.ts';
import { cellId, type Sweep } from '../../evaluate/search/sweep.ts';
import type { Search } from '../../stores/search.ts';
import { askedOf } from '../../stores/search.ts';

/** What a cell of the grid shows: null before it is tried, NaN where it cannot be scored. */
export type GridCell = { readonly x: number; readonly y: number; readonly loss: number | null };

/** The mean over tasks, or a task by the name of its column. */
export const meanOfAll = 'mean';

/** What can be shown, and what it is called. */
export function shownOf(search: Search): readonly (readonly [id: string, name: string])[] {
  const names = uniqueNames(search.tasks.map(({ title }) => title));
  const asked = askedOf(search);
  return [
    [meanOfAll, 'the mean of all tasks'],
    ...names.flatMap((name, at) =>
      asked.includes(search.tasks[at]) ? [[name, name] as const] : [],
    ),
  ];
}

/** Row by row from the top: the second number goes up, the first to the right. */
export function cellsOf(
  { steps }: Pick<Search, 'steps'>,
  sweeps: readonly [Sweep, Sweep],
  shown: string,
): readonly GridCell[] {
  const known = new Map(steps.map(({ candidate, result }) => [candidate.id, result]));
  const lossOf = ({ objective, scores }: Result) =>
    shown === meanOfAll ? objective : (scores?.[shown] ?? Number.NaN);
  const [across, up] = sweeps.map(({ values }) => values);
  return up
    .map((y, row) =>
      across.map((x, column) => {
        const result = known.get(cellId(sweeps, column, row));
        return { x, y, loss: result ? lossOf(result) : null };
      }),
    )
    .reverse()
    .flat();
}

/** The cell that loses least; null before one has a number. */
export function leastOf(cells: readonly GridCell[]): (GridCell & { readonly loss: number }) | null {
  return cells.reduce<ReturnType<typeof leastOf>>((best, { x, y, loss }) => {
    if (loss === null || Number.isNaN(loss)) return best;
    return best === null || loss < best.loss ? { x, y, loss } : best;
  }, null);
}

/** 1 for the best, 0 for the worst tenth and what is worse: what fails badly would make the rest look alike. */
export function goodnessOf(cells: readonly GridCell[]): (loss: number) => number {
  const known = cells
    .flatMap(({ loss }) => (loss === null || !Number.isFinite(loss) ? [] : [loss]))
    .sort((a, b) => a - b);
  const low = known[0];
  const high = known[Math.floor(0.9 * (known.length - 1))];
  return (loss) => (high > low ? Math.min(1, Math.max(0, (high - loss) / (high - low))) : 1);
}
