import { findMethod } from '../methods/registry.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { type ModelsState, openModel } from '../stores/models.ts';

/**
 * Roles of models that were just opened, once it is known which of them are adapters: an adapter is never a
 * base, and the one whole model that comes with adapters is theirs. A merge of adapters alone has λ 1. The recipe itself
 * where nothing changes.
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
  const whole = ids.filter((id) => opened.includes(id) && openModel(slots, id) && !isAdapter(id));
  if (base || !ids.some(isAdapter) || whole.length !== 1) return atFullStrength(recipe, isAdapter);
  const chosen = recipe.experts.find(({ model }) => model.id === whole[0])!;
  const experts = recipe.experts.filter((expert) => expert !== chosen);
  return atFullStrength({ ...recipe, base: chosen.model, experts }, isAdapter);
}

/**
 * The weight of an adapter is its strength, whatever tool it is from: a λ below 1, which suits sums of fine-tunes, would
 * weaken it unasked. One that was set by hand stays.
 */
function atFullStrength(recipe: Recipe, isAdapter: (id: string) => boolean): Recipe {
  const { experts, values } = recipe;
  const isOfAdapters = experts.length > 0 && experts.every(({ model }) => isAdapter(model.id));
  const scale = findMethod(recipe.method)?.params.global['lambda'];
  if (!isOfAdapters || scale === undefined || 'lambda' in values) return recipe;
  return scale.default === 1 ? recipe : { ...recipe, values: { ...values, lambda: 1 } };
}
