import { methods } from '../methods/registry.ts';
import { emptyRecipe } from './defaults.ts';
import type { Recipe } from './recipe.ts';

/** What lets one model through as it is, and so an adapter on its base. */
const through = methods.find(({ arity, copies }) => arity.models[0] === 1 && copies)!;

/** One expert of a recipe by itself: of an adapter, the base with nothing but its update in it. */
export function soloOf(
  { base, experts, adapters, inputDtype, output }: Recipe,
  id: string,
): Recipe {
  const own = experts.filter(({ model }) => model.id === id).slice(0, 1);
  return {
    ...emptyRecipe(),
    ...{ method: through.id, base, adapters, inputDtype },
    experts: own.map(({ model }) => ({ model, values: {} })),
    output: { ...output, as: 'model', shardBytes: null },
  };
}
