import type { Handle } from '../engine/protocol.ts';
import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import { type Candidate, type Offered, sortOffered } from '../stores/dropped.ts';
import type { ModelsState } from '../stores/models.ts';
import { openModel, type Session } from '../stores/session.ts';
import { isDemo, membersOf, withoutModels } from './members.ts';
import { readRecipeFile } from './read-recipe-file.ts';

/**
 * Opens the models among files the user dropped or picked, and gives each a place in the recipe. A lone
 * recipe file replaces the recipe. `folders` names the folders among what was dropped: one that shows no files is
 * named, too.
 */
export async function openFiles(
  session: Session,
  offered: readonly Offered[],
  folders: readonly string[] = [],
): Promise<void> {
  const { models, recipe, view } = session;
  const [first] = offered;
  if (offered.length === 1 && folders.length === 0 && /recipe\.json$/i.test(first.file.name)) {
    return readRecipeFile(session, first.file);
  }
  const { candidates, refused, notes } = await sortOffered(offered, folders);
  models.getState().refuse([...refused, ...notes]);
  if (candidates.length === 0) {
    view.getState().showPane('recipe');
    return;
  }
  const before = recipe.getState().recipe;
  const admitted = admit(candidates, before, models.getState().slots);
  const placed = place(before, admitted);
  if (placed !== before) recipe.getState().replace(placed);
  if (isDemo(before) && !isDemo(placed)) {
    view.getState().tell('Your models took the place of the demo family.', true);
  }
  view.getState().showTab('checks');
  view.getState().showPane('recipe');
  await Promise.all(
    admitted.map(({ ref, handles, leftOut }) => openModel(session, ref, handles, null, leftOut)),
  );
}

type Admitted = {
  readonly ref: ModelRef;
  readonly handles: readonly Handle[];
  readonly leftOut: Candidate['leftOut'];
  readonly fills: boolean;
};

/** A model with the name and bytes of one the recipe waits for takes its place; others are new. */
export function admit(
  candidates: readonly Candidate[],
  recipe: Recipe,
  slots: ModelsState['slots'],
): readonly Admitted[] {
  const waiting = membersOf(recipe).filter(
    (ref) => ref.origin === 'local' && slots[ref.id]?.status.kind !== 'open',
  );
  const taken = new Set([...Object.keys(slots), ...membersOf(recipe).map((ref) => ref.id)]);
  const filled = new Set<string>();
  return candidates.map(({ name, handles, bytes, leftOut }) => {
    const wanted = waiting.find(
      (ref) => ref.name === name && ref.bytes === bytes && !filled.has(ref.id),
    );
    if (wanted) {
      filled.add(wanted.id);
      return { ref: wanted, handles, leftOut, fills: true };
    }
    const id = freeId(name, taken);
    taken.add(id);
    return { ref: { id, name, origin: 'local', bytes }, handles, leftOut, fills: false };
  });
}

/** Where new models go: a lone first one is the base; one called base is; the rest are experts. */
export function place(recipe: Recipe, admitted: readonly Admitted[]): Recipe {
  const fresh = admitted.filter(({ fills }) => !fills).map(({ ref }) => ref);
  if (fresh.length === 0) return recipe;
  const start = isDemo(recipe) ? withoutModels(recipe) : recipe;
  const lone = fresh.length === 1 && start.experts.length === 0 ? fresh[0] : null;
  const base = start.base ?? fresh.find(({ name }) => /\bbase\b|_base\b/i.test(name)) ?? lone;
  return {
    ...start,
    base,
    experts: [
      ...start.experts,
      ...fresh.filter((ref) => ref !== base).map((model) => ({ model, values: {} })),
    ],
  };
}

function freeId(name: string, taken: ReadonlySet<string>): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-') || 'model';
  for (let n = 1; ; n++) {
    const id = n === 1 ? `local-${slug}` : `local-${slug}-${n}`;
    if (!taken.has(id)) return id;
  }
}
