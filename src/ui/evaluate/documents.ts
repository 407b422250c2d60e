/** What the views show, as documents for other programs. */
import { writer } from '../../commands/results.ts';
import { rowsOf as triedOf } from '../../evaluate/search/rows.ts';
import { gainOf, verdictOf } from '../../evaluate/tasks/compare.ts';
import {
  type About,
  type ResultRow,
  resultsText,
  rowsTold,
  scoreTold,
} from '../../evaluate/tasks/results.ts';
import type { TaskScore } from '../../evaluate/tasks/score.ts';
import type { Task } from '../../evaluate/tasks/task.ts';
import type { Dial } from '../../recipe/dials.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { resultOf } from '../../stores/scores.ts';
import { askedOf, type Search } from '../../stores/search.ts';
import type { ScoreRow } from './rows.ts';

/** Of the table of scores, or of a comparison of recipes. */
export function tableText(
  kind: 'scores' | 'methods',
  recipe: Recipe,
  tasks: readonly Task[],
  rows: readonly ScoreRow[],
  each: boolean,
): string {
  const told = rows.map((row): ResultRow => {
    const scores = row.scores.map((cell) => cell?.score ?? null);
    return { title: row.title, of: resultOf(recipe, row), scores };
  });
  return resultsText(about(kind, recipe, tasks), { rows: rowsTold(tasks, told, each) });
}

export type Point = {
  readonly x: number;
  readonly title: string;
  readonly recipe: Recipe;
  readonly scores: readonly (TaskScore | null)[];
};

export function sweepText(
  recipe: Recipe,
  dial: Pick<Dial, 'id' | 'label'>,
  tasks: readonly Task[],
  points: readonly Point[],
  each: boolean,
): string {
  const rows = points.map(({ x, title, recipe: of, scores }): ResultRow => {
    return { title, of: { recipe: of }, values: { [dial.label]: x }, scores };
  });
  const along = { id: dial.id, label: dial.label };
  return resultsText(about('sweep', recipe, tasks), { along, rows: rowsTold(tasks, rows, each) });
}

/** For a file, a line for each point and task. */
export function sweepLines(label: string, tasks: readonly Task[], points: readonly Point[]) {
  return [
    [label, 'task', 'kind', 'part', 'items', 'score', 'loss'],
    ...points.flatMap(({ x, scores }) =>
      scores.flatMap((score, at) => {
        if (!score) return [];
        const { kind, part, items, mean, loss } = score;
        return [[x, tasks[at].title, kind, part, items.length, mean, loss]];
      }),
    ),
  ];
}

/** @param recipe the one in place; the search began from its own */
export function searchText(recipe: Recipe, search: Search, each: boolean): string {
  const { plan, start, most, steps, ended, judged } = search;
  const best = steps.at(-1)?.best ?? null;
  return resultsText(about('search', recipe, askedOf(search)), {
    ...{ plan, start, part: 'search', most },
    tried: triedOf(steps),
    best: best && {
      ...{ title: best.candidate.title, values: best.candidate.values },
      ...{ objective: best.result.objective, recipe: best.candidate.recipe },
    },
    judged: judged.map(({ task, before, after }) => {
      const gain = gainOf(task, after, before);
      const [from, to] = [before, after].map((score) => scoreTold(task, score, each));
      return { task: task.id, before: from, after: to, gain, verdict: verdictOf(gain) };
    }),
    ended: ended?.by ?? null,
  });
}

const about = (kind: About['kind'], recipe: Recipe, tasks: readonly Task[]): About => {
  return { writer, kind, recipe, tasks };
};
