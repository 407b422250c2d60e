/** What was scored of a merge, as a section of its model card. */
import { inline } from '../../formats/markdown.ts';
import { estimateOf } from './compare.ts';
import type { TaskScore } from './score.ts';
import { scoreNames, type Task } from './task.ts';
import { worded } from './worded.ts';

export type CardRow = {
  readonly title: string;
  /** One for each task; null where it was not asked. */
  readonly scores: readonly (TaskScore | null)[];
};

/** Markdown: one table, models down and tasks across, each score with its 95 % interval. */
export function scoresSection(tasks: readonly Task[], rows: readonly CardRow[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const heads = ['', ...tasks.map(({ title, kind }) => `${inline(title)} (${scoreNames[kind]})`)];
  const asked = tasks.map((task, at) => {
    const score = rows.map(({ scores }) => scores[at]).find((each) => each !== null);
    const count = score?.items.length ?? 0;
    return `${inline(task.title)}: ${count} ${count === 1 ? 'item' : 'items'}, ${partNames[score?.part ?? 'all']}`;
  });
  return [
    '## Scores',
    `As the models answered in the page that merged them, with 95 % intervals. ${asked.join('; ')}.`,
    [
      line(heads),
      line(heads.map(() => '---')),
      ...rows.map(({ title, scores }) =>
        line([inline(title), ...scores.map((score, at) => cellOf(tasks[at], score))]),
      ),
    ].join('\n'),
  ].join('\n\n');
}

const partNames = {
  all: 'all of the task',
  search: 'of the half that searches look at',
  'held-out': 'of the half that no search looked at',
} as const;

function cellOf(task: Task, score: TaskScore | null): string {
  if (score === null || score.mean === null) return '–';
  const { value, low, high } = estimateOf(task, score);
  // Of too few items for an interval there is none.
  if (!Number.isFinite(low) || !Number.isFinite(high)) return worded(task.kind, value);
  return `${worded(task.kind, value)} (${worded(task.kind, low)} to ${worded(task.kind, high)})`;
}
