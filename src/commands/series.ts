/** Several recipes, one after the other: a result of one is a model of another. */

import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import { alone, modelsOf, resultOf, showing, stepsOf } from '../recipe/series.ts';
import { sortOffered } from '../stores/dropped.ts';
import { openModel as openIn } from '../stores/models.ts';
import { isBusy } from '../stores/run.ts';
import { failureOf, openModel, type Session } from '../stores/session.ts';
import { arrivalsOf } from './admit.ts';
import type { Command } from './command.ts';
import { findKept } from './find-kept.ts';
import { withRefs } from './members.ts';
import { type Chosen, chooseDestination, choosePrivate, mergeInto, oneAtATime } from './merge.ts';
import { settleResults } from './settle-results.ts';

/** Puts a step in place, so that its models can be opened and its plan be looked at. Nothing to undo. */
export function showStep({ recipe }: Session, at: number): void {
  const document = recipe.getState().recipe;
  if (at < stepsOf(document).length) recipe.getState().amend(showing(document, at));
}

/** Several recipes in place of the recipe. */
export async function takeSeries(session: Session, document: Recipe): Promise<void> {
  session.recipe.getState().replace(document);
  await findResults(session);
}

/** Leaves the recipe in place by itself. */
export function leaveSeries({ recipe, view }: Session): void {
  recipe.getState().replace(alone(recipe.getState().recipe));
  view.getState().tell('The other recipes of the series are left.', true);
}

/** Names of models of all steps that are not open and are no results. */
export function awaitedBySeries(
  recipe: Recipe,
  slots: Parameters<typeof openIn>[0],
): readonly string[] {
  return modelsOf(recipe)
    .filter(({ id, origin }) => origin !== 'result' && openIn(slots, id) === null)
    .map(({ name }) => name);
}

export const mergeSeries: Command = {
  id: 'merge-series',
  label: 'Merge all recipes of a series in their order',
  shortcut: null,
  enabled: ({ recipe, run, models }) =>
    recipe.getState().recipe.series !== null &&
    !isBusy(run.getState()) &&
    awaitedBySeries(recipe.getState().recipe, models.getState().slots).length === 0,
  async run(session) {
    await oneAtATime((signal) => mergeAll(session, signal));
    settleResults(session); // what was changed meanwhile
  },
};

/**
 * Merges the steps as they stand when it begins. Results that others take go to private storage, and those that lie
 * there already are not made again: so what was cancelled goes on where it was. The last goes where any merge would.
 */
async function mergeAll(session: Session, signal: AbortSignal): Promise<void> {
  let document = session.recipe.getState().recipe;
  const last = stepsOf(document).length - 1;
  // Asked first: the browser lets a page ask only while a person has just pressed something.
  const chosen = await chooseDestination(session, stepsOf(document)[last].recipe.output.name);
  if (!chosen) return;
  for (let at = 0; at < last; at++) {
    const result = await resultAt(session, document, at, signal);
    if (result === null || signal.aborted) {
      if (result !== null) session.series.getState().stop('cancelled');
      await chosen.clean();
      return;
    }
    document = withRefs(document, [result]);
  }
  if (!(await mergeStep(session, document, last, chosen, signal))) return;
  const { name, recipe } = stepsOf(document)[last];
  session.series.getState().finish(name, { of: recipe, state: 'made', ref: null });
  session.series.getState().stop(null);
}

/** Makes or finds the result of a step, and opens it for those after it. Null where there is none. */
async function resultAt(
  session: Session,
  document: Recipe,
  at: number,
  signal: AbortSignal,
): Promise<ModelRef | null> {
  const steps = stepsOf(document);
  const { name, recipe } = steps[at];
  session.series.getState().begin({ name, at, of: steps.length });
  try {
    const found = await findKept(session, recipe);
    const place = found === null ? await choosePrivate(session, recipe.output.name) : null;
    const isMade = place !== null && (await mergeStep(session, document, at, place, signal));
    const folder = found ?? (isMade ? place.name : null);
    if (folder === null || name === null) {
      // Where there was no room to be had the step has not begun.
      if (place === null) session.series.getState().stop('failed');
      return null;
    }
    const ref = await openResult(session, name, folder);
    const state = found === null ? 'made' : 'found';
    session.series.getState().finish(name, { of: recipe, state, ref });
    return ref;
  } catch (error) {
    session.series.getState().stop('failed');
    session.run.getState().fail(failureOf(error));
    return null;
  }
}

/** True when it came to its end. The last step is kept with its series, the others by themselves. */
async function mergeStep(
  session: Session,
  document: Recipe,
  at: number,
  place: Chosen,
  signal: AbortSignal,
): Promise<boolean> {
  const series = session.series.getState();
  const steps = stepsOf(document);
  const { name } = steps[at];
  showStep(session, at);
  series.begin({ name, at, of: steps.length });
  const whole = at === steps.length - 1 ? showing(document, at) : alone(showing(document, at));
  const isMade = await mergeInto(session, whole, place, signal);
  if (!isMade) series.stop(signal.aborted ? 'cancelled' : 'failed');
  return isMade;
}

/** Opens what a step made as a model by its name. */
async function openResult(session: Session, name: string, folder: string): Promise<ModelRef> {
  const files = await session.engine.files(folder);
  const offered = files.map(({ path, file }) => ({ path: `${folder}/${path}`, file }));
  const { candidates } = await sortOffered(offered);
  const [arrival] = await arrivalsOf(candidates.slice(0, 1));
  if (!arrival) throw new Error(`What the recipe ${name} made holds no model.`);
  const { bytes, fingerprint, handles, leftOut } = arrival;
  const ref = { ...resultOf(name), bytes, ...(fingerprint === null ? {} : { fingerprint }) };
  const { recipe } = session;
  recipe.getState().amend(withRefs(recipe.getState().recipe, [ref]));
  await openModel(session, ref, handles, `Made by the recipe ${name}.`, leftOut);
  return ref;
}

/** Opens the results that others take and that private storage has: after a reload, or of an earlier visit. */
export async function findResults(session: Session): Promise<void> {
  const { recipe, run, series } = session;
  const document = () => recipe.getState().recipe;
  for (let at = 0; at < stepsOf(document()).length - 1; at++) {
    const step = stepsOf(document())[at];
    if (step.name === null || isBusy(run.getState())) return;
    if (series.getState().results.has(step.name)) continue;
    const folder = await findKept(session, step.recipe);
    if (folder === null) continue;
    try {
      const ref = await openResult(session, step.name, folder);
      series.getState().finish(step.name, { of: step.recipe, state: 'found', ref });
    } catch {
      // It is made anew when it is needed.
    }
  }
}
