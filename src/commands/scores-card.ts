import { scoresSection } from '../evaluate/tasks/card.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { scoredOf, scoreKey } from '../stores/scores.ts';
import type { Session } from '../stores/session.ts';

/** The scores of a merge and its parents for the model card; null where the merge was not scored as it is. */
export function scoresOf(session: Session, recipe: Recipe): string | null {
  const { known, tasks, extent } = session.scores.getState();
  const rows = scoredOf(session, recipe).map(({ key, title, role }) => ({
    ...{ title, role },
    scores: tasks.map((task) => known.get(scoreKey(key, task, extent)) ?? null),
  }));
  const merge = rows.find(({ role }) => role === 'merge');
  const asked = tasks.filter((_, at) => merge?.scores[at]);
  if (asked.length === 0) return null;
  const told = rows.map(({ title, scores }) => ({
    title,
    scores: scores.filter((_, at) => merge?.scores[at]),
  }));
  return scoresSection(asked, told);
}
