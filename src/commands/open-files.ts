import type { Recipe } from '../recipe/recipe.ts';
import { type Offered, sortOffered } from '../stores/dropped.ts';
import type { DemoState } from '../stores/models.ts';
import { openModel, type Session } from '../stores/session.ts';
import { type Admitted, admit, arrivalsOf } from './admit.ts';
import { isDemo, withoutModels, withRefs } from './members.ts';
import { mayBeMergekit, readRecipeFile } from './read-recipe-file.ts';
import { rememberWhere } from './remember-where.ts';
import { settleRoles } from './settle-roles.ts';

/**
 * Opens the models among files the user dropped or picked, and gives each a place in the recipe. A lone
 * recipe file replaces the recipe, or is shown first where it is mergekit’s. `folders` names the folders among what was dropped: one that shows no files is
 * named, too.
 */
export async function openFiles(
  session: Session,
  offered: readonly Offered[],
  folders: readonly string[] = [],
): Promise<void> {
  const { models, recipe, view } = session;
  const [first] = offered;
  const isAlone = offered.length === 1 && folders.length === 0;
  if (isAlone && (/recipe\.json$/i.test(first.file.name) || mayBeMergekit(first.file))) {
    return readRecipeFile(session, first.file);
  }
  const { candidates, refused, notes } = await sortOffered(offered, folders);
  models.getState().refuse([...refused, ...notes]);
  if (candidates.length === 0) {
    view.getState().showPane('recipe');
    return;
  }
  const arrivals = await arrivalsOf(candidates);
  const before = recipe.getState().recipe;
  const admitted = admit(arrivals, before, models.getState().slots);
  if (isDemo(before) && !isDemo(place(before, admitted, models.getState().demo))) {
    view.getState().tell('Your models took the place of the demo family.', true);
  }
  view.getState().showTab('checks');
  view.getState().showPane('recipe');
  await openAdmitted(session, admitted, offered);
}

/** Gives models their places and opens them; remembers where they lie, for the next visit. */
export async function openAdmitted(
  session: Session,
  admitted: readonly Admitted[],
  offered: readonly Offered[],
): Promise<void> {
  const { recipe, view } = session;
  const before = recipe.getState().recipe;
  const placed = place(before, admitted, session.models.getState().demo);
  if (placed !== before) recipe.getState().replace(placed);
  const changed = admitted.filter(({ fills }) => fills === 'changed').map(({ ref }) => ref.name);
  if (changed.length > 0) {
    const verb = changed.length === 1 ? 'has' : 'have';
    view
      .getState()
      .tell(`${changed.join(', ')} ${verb} other weights than when the recipe was made.`);
  }
  void rememberWhere(session, admitted, offered);
  await Promise.all(
    admitted.map(({ ref, arrival }) =>
      openModel(session, ref, arrival.handles, null, arrival.leftOut),
    ),
  );
  settle(
    session,
    admitted.map(({ ref }) => ref.id),
  );
}

/** Part of opening, so no step of its own to undo. */
function settle({ recipe, models }: Session, opened: readonly string[]): void {
  const before = recipe.getState().recipe;
  const settled = settleRoles(before, models.getState().slots, opened);
  if (settled !== before) recipe.getState().amend(settled);
}

/**
 * Where new models go: a lone first one is the base, until one comes that is called base; the rest are experts.
 */
export function place(recipe: Recipe, admitted: readonly Admitted[], demo: DemoState): Recipe {
  const fresh = admitted.filter(({ fills }) => fills === null).map(({ ref }) => ref);
  const known = withRefs(
    recipe,
    admitted.filter(({ fills }) => fills === 'changed' || fills === 'name').map(({ ref }) => ref),
  );
  if (fresh.length === 0) return known;
  const start = isDemo(known) ? withoutModels(known, demo) : known;
  const lone = fresh.length === 1 && start.experts.length === 0 ? fresh[0] : null;
  const called = fresh.find(({ name }) => isCalledBase(name)) ?? null;
  const guessed = start.base && start.experts.length === 0 && !isCalledBase(start.base.name);
  const base = guessed ? (called ?? start.base) : (start.base ?? called ?? lone);
  const others = start.base && start.base !== base ? [start.base, ...fresh] : fresh;
  return {
    ...start,
    base,
    experts: [
      ...start.experts,
      ...others.filter((ref) => ref !== base).map((model) => ({ model, values: {} })),
    ],
  };
}

const isCalledBase = (name: string) => /\bbase\b|_base\b/i.test(name);
