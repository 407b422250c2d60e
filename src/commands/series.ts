/** Several recipes of mergekit, one after the other: a result of one is a model of another. */

import { ofSeries, resultOf, type Step } from '../recipe/mergekit/series.ts';
import { type ImportedRecipe, importMergekit } from '../recipe/mergekit/to-recipe.ts';
import { parseRecipeText } from '../recipe/parse.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { isSameMerge } from '../recipe/same-merge.ts';
import { sortOffered } from '../stores/dropped.ts';
import { openRefs } from '../stores/models.ts';
import { isBusy } from '../stores/run.ts';
import { failureOf, openModel, type Session } from '../stores/session.ts';
import { arrivalsOf } from './admit.ts';
import type { Command } from './command.ts';
import { type Chosen, chooseDestination, choosePrivate, mergeInto, oneAtATime } from './merge.ts';

/** Puts the recipe of the last step in place, whose result is the series'. */
export function takeSeries(session: Session, text: string, steps: readonly Step[]): void {
  const { series, recipe } = session;
  series.getState().take(text, steps, recipe.getState().recipe.output.name);
  showStep(session, steps.length - 1);
}

/** Puts a step's recipe in place, so that its models can be opened and its plan be looked at. */
export function showStep(session: Session, at: number): void {
  const read = stepRecipe(session, at);
  if ('problem' in read) {
    session.view.getState().tell(read.problem);
    return;
  }
  session.series.getState().show(at);
  session.recipe.getState().replace(read.recipe);
}

/** The recipe of a step, from what is open now. */
export function stepRecipe({ series, models, recipe }: Session, at: number): ImportedRecipe {
  const { text, steps, results, name } = series.getState();
  const step = steps[at];
  const read = importMergekit(
    text ?? '',
    openRefs(models.getState().slots),
    recipe.getState().recipe,
    ofSeries(step, results),
  );
  if ('problem' in read) return read;
  const output = { ...read.recipe.output, name: step.name ?? name };
  return { ...read, recipe: { ...read.recipe, output } };
}

/** Models of all steps that are not open and are no results. */
export function awaitedBySeries(session: Session): readonly string[] {
  const { steps } = session.series.getState();
  const awaited = steps.flatMap((_, at) => {
    const read = stepRecipe(session, at);
    return 'problem' in read ? [] : read.awaited;
  });
  return [...new Set(awaited)];
}

export const mergeSeries: Command = {
  id: 'merge-series',
  label: 'Merge all recipes of a series in their order',
  shortcut: null,
  enabled: (session) =>
    session.series.getState().text !== null &&
    !isBusy(session.run.getState()) &&
    awaitedBySeries(session).length === 0,
  run: (session) => oneAtATime((signal) => mergeAll(session, signal)),
};

/**
 * Results that others take go to private storage, and those that lie there already are not made again: so what was
 * cancelled goes on where it was. The last goes where any merge would.
 */
async function mergeAll(session: Session, signal: AbortSignal): Promise<void> {
  const { steps, name } = session.series.getState();
  const last = steps.length - 1;
  // Asked first: the browser lets a page ask only while a person has just pressed something.
  const chosen = await chooseDestination(session, steps[last].name ?? name);
  if (!chosen) return;
  for (const [at, step] of steps.slice(0, -1).entries()) {
    const isThere = await preparing(session, at, step, signal);
    if (isThere && !signal.aborted) continue;
    await chosen.clean();
    return;
  }
  await mergeStep(session, last, chosen, signal);
}

/** Makes or finds the result of a step, and opens it for those after it. */
async function preparing(
  session: Session,
  at: number,
  step: Step,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const folder = await mergeStep(session, at, null, signal);
    if (folder !== null) await openResult(session, step, folder);
    return folder !== null;
  } catch (error) {
    session.series.getState().mark(at, 'waiting');
    session.run.getState().fail(failureOf(error));
    return false;
  }
}

/** The folder of private storage that the result lies in, "" where it went elsewhere, null when there is none. */
async function mergeStep(
  session: Session,
  at: number,
  chosen: Chosen | null,
  signal: AbortSignal,
): Promise<string | null> {
  const { series, recipe } = session;
  showStep(session, at);
  const document = recipe.getState().recipe;
  const found = chosen ? null : await findKept(session, document);
  if (found !== null) {
    series.getState().mark(at, 'found');
    return found;
  }
  series.getState().mark(at, 'under way');
  const place = chosen ?? (await choosePrivate(session, document.output.name));
  const isMade = place !== null && (await mergeInto(session, document, place, signal));
  series.getState().mark(at, isMade ? 'made' : 'waiting');
  if (!isMade) return null;
  return place.destination.kind === 'opfs' ? place.destination.folder : '';
}

/** A finished merge in private storage that was made of the same models by the same recipe. */
async function findKept({ engine }: Session, recipe: Recipe): Promise<string | null> {
  const { name } = recipe.output;
  const finished = await engine.finished().catch(() => []);
  for (const { folder, verified } of finished) {
    if (!verified || !(folder === name || folder.startsWith(`${name}-`))) continue;
    const files = await engine.files(folder);
    const text = await files.find(({ path }) => path === 'amalgam-recipe.json')?.file.text();
    const parsed = text === undefined ? null : parseRecipeText(text);
    if (parsed && 'recipe' in parsed && isSameMerge(parsed.recipe, recipe)) return folder;
  }
  return null;
}

/** Opens what a step made as a model by its name. */
async function openResult(session: Session, { name }: Step, folder: string): Promise<void> {
  if (name === null) return;
  const files = await session.engine.files(folder);
  const offered = files.map(({ path, file }) => ({ path: `${folder}/${path}`, file }));
  const { candidates } = await sortOffered(offered);
  const [arrival] = await arrivalsOf(candidates.slice(0, 1));
  if (!arrival) throw new Error(`What the recipe ${name} made holds no model.`);
  const { bytes, fingerprint, handles, leftOut } = arrival;
  const ref = { ...resultOf(name), bytes, ...(fingerprint === null ? {} : { fingerprint }) };
  session.series.getState().keep(name, ref);
  await openModel(session, ref, handles, `Made by the recipe ${name}.`, leftOut);
}
