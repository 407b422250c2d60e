import { averageOf } from '../../evaluate/tasks/summary.ts';
import type { Task } from '../../evaluate/tasks/task.ts';
import type { ScoreRow } from './rows.ts';

const percent = (share: number) =>
  `${(100 * share).toFixed(share < 0.9995 && share > 0.9 ? 1 : 0)} %`;

/** What the table says, in a sentence or two. */
export function verdict(rows: readonly ScoreRow[], tasks: readonly Task[]): string {
  if (tasks.length === 0) return 'Add a task, and see what the merge and its parents answer.';
  const merge = rows.find(({ role }) => role === 'merge');
  const standings = (merge?.scores ?? []).flatMap((cell) => cell?.standing ?? []);
  const { retention } = averageOf(standings);
  if (retention === null) {
    return 'What can the merge do that its parents can? Score them on the same tasks, and see.';
  }
  const told = standings
    .filter((each) => each.retention !== null)
    .toSorted((a, b) => a.retention! - b.retention!);
  const [least] = told;
  const title = tasks.find(({ id }) => id === least.task)?.title ?? least.task;
  const over = told.length === 1 ? 'on one task' : `on average over ${told.length} tasks`;
  const worst =
    told.length === 1 ? '' : `, and the least on ${title}: ${percent(least.retention!)}`;
  return `The merge keeps ${percent(retention)} of what the best expert of each task scores, ${over}${worst}.`;
}
