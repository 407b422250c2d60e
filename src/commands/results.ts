/** What a merge's folder tells of how good it is: loaded only where something was scored or searched. */
import { version } from '../../package.json';
import type { RunOptions } from '../engine/protocol.ts';
import { lineageSection } from '../evaluate/search/lineage.ts';
import { scoresSection } from '../evaluate/tasks/card.ts';
import { resultsText, rowsTold } from '../evaluate/tasks/results.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { recallScores } from '../stores/kept-scores.ts';
import { lineageOf } from '../stores/lineages.ts';
import { resultOf, scoredOf, scoreKey } from '../stores/scores.ts';
import type { Session } from '../stores/session.ts';
import { openDemoTasks } from './demo-tasks.ts';

export const writer = `Amalgam ${version}`;

/**
 * Scores of a merge and its parents, and how its numbers were found: sections of the model card, and all of it in a file. Where
 * the merge was not scored as it is, there are no scores.
 */
export async function resultsFor(
  session: Session,
  recipe: Recipe,
): Promise<Pick<Required<RunOptions>, 'sections' | 'accounts'>> {
  await recallScores(session);
  const { demo } = session.models.getState();
  if (demo.kind === 'ready') await openDemoTasks(session);
  const { known, tasks, extent } = session.scores.getState();
  const all = scoredOf(session, recipe).map((of) => ({
    of,
    scores: tasks.map((task) => known.get(scoreKey(of.key, task, extent)) ?? null),
  }));
  const merge = all.find(({ of }) => of.role === 'merge');
  const isAsked = (_: unknown, at: number) => Boolean(merge?.scores[at]);
  const asked = tasks.filter(isAsked);
  const rows = all.map(({ of, scores }) => ({
    ...{ title: of.title, of: resultOf(recipe, of), scores: scores.filter(isAsked) },
  }));
  const lineage = lineageOf(recipe);
  const sections = [
    ...(asked.length > 0 ? [scoresSection(asked, rows)] : []),
    ...(lineage ? [lineageSection(lineage)] : []),
  ];
  if (sections.length === 0) return { sections, accounts: [] };
  const about = { writer, kind: 'scores', recipe, tasks: asked } as const;
  const told = asked.length > 0 ? rowsTold(asked, rows) : [];
  const text = resultsText(about, { rows: told, found: lineage });
  return { sections, accounts: [{ name: 'amalgam-scores.json', text }] };
}
