import type { TaskScore } from '../../evaluate/tasks/score.ts';

/** A point of a sweep: one score for each task, null where it is not known yet. */
export type Swept = { readonly x: number; readonly scores: readonly (TaskScore | null)[] };

/** The point whose loss is the least, as a mean over tasks; null before one is known whole. */
export function bestOf(
  swept: readonly Swept[],
): { readonly x: number; readonly loss: number } | null {
  const known = swept.flatMap(({ x, scores }) => {
    const losses = scores.map((score) => score?.loss ?? null);
    if (losses.length === 0 || scores.some((score) => score === null)) return [];
    const told = losses.filter((loss) => loss !== null);
    if (told.length === 0) return [];
    return [{ x, loss: told.reduce((sum, loss) => sum + loss, 0) / told.length }];
  });
  return known.reduce<ReturnType<typeof bestOf>>(
    (best, each) => (best === null || each.loss < best.loss ? each : best),
    null,
  );
}
