/** What was found, as a document for other programs: one envelope for scores, sweeps, comparisons and searches. */
import { canonicalJson } from '../../recipe/canonical.ts';
import type { ModelRef, Recipe } from '../../recipe/recipe.ts';
import { estimateOf } from './compare.ts';
import { taskKey } from './key.ts';
import type { TaskScore } from './score.ts';
import { scoreNames, type Task } from './task.ts';

/** Raised when a member changes its meaning or goes; new members do not raise it. */
const version = 1;

export type About = {
  /** "Amalgam 1.2.3". */
  readonly writer: string;
  readonly kind: 'scores' | 'sweep' | 'methods' | 'search';
  /** The one in place when this was written. */
  readonly recipe: Recipe;
  readonly tasks: readonly Task[];
};

/** One model, or one recipe, and what it scored: one score for each task, null where there is none. */
export type ResultRow = {
  readonly title: string;
  readonly of: { readonly model: ModelRef } | { readonly recipe: Recipe };
  /** Where it stands in what was varied. */
  readonly values?: Readonly<Record<string, number>> | undefined;
  readonly scores: readonly (TaskScore | null)[];
};

/** As JSON text; recipes and all else in canonical order within themselves, what is no number as null. */
export function resultsText(about: About, found: Readonly<Record<string, unknown>>): string {
  const { writer, kind, recipe, tasks } = about;
  const document = {
    ...{ format: 'amalgam-results', version, kind, writer },
    recipe: canonical(recipe),
    tasks: tasks.map(taskTold),
    ...found,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** @param each whether every answer is told, too */
export function rowsTold(
  tasks: readonly Task[],
  rows: readonly ResultRow[],
  each = false,
): readonly unknown[] {
  return rows.map(({ title, of, values, scores }) => ({
    title,
    ...('model' in of ? of : { recipe: canonical(of.recipe) }),
    ...(values && { values }),
    scores: tasks.flatMap((task, at) => {
      const score = scores[at];
      return score ? [scoreTold(task, score, each)] : [];
    }),
  }));
}

/** Without its items, which are the person's own. */
function taskTold(task: Task) {
  const { id, title, kind, skill, source = null, split, items } = task;
  const measure = scoreNames[kind];
  return {
    id,
    title,
    kind,
    measure,
    skill,
    source,
    items: items.length,
    split,
    key: taskKey(task),
  };
}

export function scoreTold(task: Task, score: TaskScore, each = false) {
  const { part, items, loss, backend = null } = score;
  return {
    ...{ task: task.id, part, asked: items.length, ...estimateOf(task, score), loss, backend },
    ...(each && { items }),
  };
}

const canonical = (recipe: Recipe): unknown => JSON.parse(canonicalJson(recipe));
