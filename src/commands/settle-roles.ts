import type { Recipe } from '../recipe/recipe.ts';
import { type ModelsState, openModel } from '../stores/models.ts';

/**
 * Roles of models that were just opened, once it is known which of them are adapters: an adapter is never a
 * base, and the one whole model that comes with adapters is theirs. The recipe itself where nothing changes.
 */
export function settleRoles(
  recipe: Recipe,
  slots: ModelsState['slots'],
  opened: readonly string[],
): Recipe {
  const isAdapter = (id: string) => Boolean(openModel(slots, id)?.adapter);
  const { base } = recipe;
  if (base && opened.includes(base.id) && isAdapter(base.id)) {
    const experts = [{ model: base, values: {} }, ...recipe.experts];
    return settleRoles({ ...recipe, base: null, experts }, slots, opened);
  }
  const ids = recipe.experts.map(({ model }) => model.id);
  if (base || !ids.some(isAdapter)) return recipe;
  const whole = ids.filter((id) => opened.includes(id) && openModel(slots, id) && !isAdapter(id));
  if (whole.length !== 1) return recipe;
  const chosen = recipe.experts.find(({ model }) => model.id === whole[0])!;
  return {
    ...recipe,
    base: chosen.model,
    experts: recipe.experts.filter((expert) => expert !== chosen),
  };
}
