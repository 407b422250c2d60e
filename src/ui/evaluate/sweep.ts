import { objectiveOf } from '../../evaluate/tasks/objective.ts';
import type { TaskScore } from '../../evaluate/tasks/score.ts';

/** A point of a sweep: one score for each task, null where it is not known yet. */
export type Swept = { readonly x: number; readonly scores: readonly (TaskScore | null)[] };

/** The point whose loss is the least, as a mean over tasks; of pairs 1 − their correlation. Null before one is known whole. */
export function bestOf(
  swept: readonly Swept[],
): { readonly x: number; readonly loss: number } | null {
  const known = swept.flatMap(({ x, scores }) => {
    const losses = scores.map((score) => (score ? objectiveOf(score) : Number.NaN));
    const loss = losses.reduce((sum, each) => sum + each, 0) / losses.length;
    return Number.isFinite(loss) ? [{ x, loss }] : [];
  });
  return known.reduce<ReturnType<typeof bestOf>>(
    (best, each) => (best === null || each.loss < best.loss ? each : best),
    null,
  );
}

/** Three values more on either side of one, up to the next that there is. */
export function finerAround(xs: readonly number[], best: number): readonly number[] {
  const at = xs.indexOf(best);
  const ends = [xs[at - 1], xs[at + 1]].filter((x) => x !== undefined);
  return ends.flatMap((end) =>
    [1, 2, 3].map((quarter) => Number((best + ((end - best) * quarter) / 4).toFixed(9))),
  );
}
