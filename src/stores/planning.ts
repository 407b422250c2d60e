import { version } from '../../package.json';
import type { Model } from '../formats/model.ts';
import { type Planned, plan } from '../plan/plan.ts';
import type { Finding, Plan, Share } from '../plan/types.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ModelsState, Slot } from './models.ts';

type Slots = ModelsState['slots'];

/** Stands for the recipe's hash until a run: the same length, so offsets and sizes are right. */
const unhashed = '0'.repeat(64);

type Made = {
  readonly recipe: Recipe;
  readonly slots: Slots;
  readonly backend: string;
  readonly planned: Planned;
};

/**
 * The plan of recipe × open models, made once for each. The last two are kept: while React prepares a
 * screen for a new recipe it may still draw the old one.
 */
export function createPlanner(): (recipe: Recipe, slots: Slots, backend: string) => Planned {
  let made: readonly Made[] = [];
  return (recipe, slots, backend) => {
    const known = made.find(
      (one) => one.recipe === recipe && one.slots === slots && one.backend === backend,
    );
    if (known) return known.planned;
    const planned = planNow(recipe, slots, backend, unhashed);
    made = [{ recipe, slots, backend, planned }, ...made.slice(0, 1)];
    return planned;
  };
}

export function planNow(
  recipe: Recipe,
  slots: Slots,
  backend: string,
  recipeHash: string,
): Planned {
  return plan({ recipe, models: openModels(slots), recipeHash, producer: { version, backend } });
}

export function openModels(slots: Slots): ReadonlyMap<string, Model> {
  return new Map(
    Object.values(slots).flatMap((slot) =>
      slot.status.kind === 'open' ? [[slot.id, slot.status.model] as const] : [],
    ),
  );
}

export const planOf = (planned: Planned): Plan | null => ('plan' in planned ? planned.plan : null);

/** How much would be merged; null while the models are not there. */
export const shareOf = (planned: Planned): Share | null =>
  ('plan' in planned ? planned.plan.share : planned.share) ?? null;

export const findingsOf = (planned: Planned): readonly Finding[] =>
  'plan' in planned ? planned.plan.findings : planned.findings;

export const countOf = (findings: readonly Finding[], severity: Finding['severity']): number =>
  findings.filter((finding) => finding.severity === severity).length;

/** Models that the recipe names and that are being opened right now. */
export function opening(recipe: Recipe, slots: Slots): readonly Slot[] {
  const ids = [recipe.base?.id, ...recipe.experts.map((expert) => expert.model.id)];
  return ids.flatMap((id) => {
    const slot = id === undefined ? undefined : slots[id];
    return slot?.status.kind === 'opening' ? [slot] : [];
  });
}
