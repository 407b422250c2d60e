import { findMethod, methods } from '../methods/registry.ts';
import { globalValues } from '../recipe/defaults.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { usesBase } from './participants.ts';

/**
 * The recipe for who wants to see task vectors. A method that computes without a base is seen as the first that needs
 * one, with the same weights, where the recipe names a base; any other recipe is what it was.
 */
export function asTaskVectors(recipe: Recipe): Recipe {
  const method = findMethod(recipe.method);
  if (!method || !recipe.base || usesBase(method, globalValues(recipe, method))) return recipe;
  const other = methods.find(({ arity }) => arity.base === 'required');
  if (!other) return recipe;
  const { global, perModel } = other.params;
  return {
    ...recipe,
    method: other.id,
    values: {},
    arithmetic: {},
    experts: recipe.experts.map(({ model, values }) => ({
      model,
      values: Object.fromEntries(Object.entries(values).filter(([key]) => key in perModel)),
    })),
    rules: recipe.rules.filter(({ parameter }) => parameter in global || parameter in perModel),
  };
}
