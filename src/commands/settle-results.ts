/** A result of a series is open only while the recipe that it was made of stands: no merge takes another for it. */
import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import { isSameMerge } from '../recipe/same-merge.ts';
import { modelsOf, resultOf, stepsOf, usesOf } from '../recipe/series.ts';
import { isBusy } from '../stores/run.ts';
import { isMergingSeries } from '../stores/series.ts';
import type { Session } from '../stores/session.ts';
import { withRefs } from './members.ts';

/**
 * Closes results whose recipes, or those of results that they were made of, are changed or gone; of the others the
 * document is told what they are, also where it has come back by undo or was read anew.
 */
export function settleResults({ recipe, series, models, engine, run }: Session): void {
  const { results } = series.getState();
  if (results.size === 0 || isBusy(run.getState()) || isMergingSeries(series.getState())) return;
  const before = recipe.getState().recipe;
  let document = before;
  const standing = new Set<string | null>();
  const count = before.series === null ? 0 : stepsOf(before).length;
  for (let at = 0; at < count; at++) {
    const step = stepsOf(document)[at];
    const result = results.get(step.name);
    if (!result || !usesOf(step.recipe).every((name) => standing.has(name))) continue;
    if (result.of !== step.recipe && !isSameMerge(result.of, step.recipe)) continue;
    standing.add(step.name);
    if (result.ref) document = knowing(document, result.ref);
  }
  for (const name of results.keys()) {
    if (standing.has(name)) continue;
    series.getState().drop(name);
    if (name === null) continue;
    const { id } = resultOf(name);
    models.getState().forget(id);
    void engine.close(id).catch(() => {});
  }
  if (document !== before) recipe.getState().amend(document);
}

function knowing(document: Recipe, ref: ModelRef): Recipe {
  const isOther = modelsOf(document).some(
    ({ id, bytes, fingerprint }) =>
      id === ref.id && (bytes !== ref.bytes || fingerprint !== ref.fingerprint),
  );
  return isOther ? withRefs(document, [ref]) : document;
}

/** From now on; returns how to stop. */
export function watchResults(session: Session): () => void {
  const look = () => settleResults(session);
  const stops = [session.recipe.subscribe(look), session.run.subscribe(look)];
  return () => {
    for (const stop of stops) stop();
  };
}
