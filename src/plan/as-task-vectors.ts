import { findMethod, methods } from '../methods/registry.ts';
import { globalValues } from '../recipe/defaults.ts';
import type { Recipe, Rule, Slice } from '../recipe/recipe.ts';
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
  const ofModel = (values: Recipe['values']) =>
    Object.fromEntries(Object.entries(values).filter(([key]) => key in perModel));
  const known = ({ parameter }: Rule) => parameter in global || parameter in perModel;
  const { base } = recipe;
  return {
    ...recipe,
    method: other.id,
    values: {},
    arithmetic: {},
    experts: recipe.experts.map(({ model, values }) => ({ model, values: ofModel(values) })),
    rules: recipe.rules.filter(known),
    slices:
      recipe.slices?.map((slice): Slice => {
        if (slice.method !== null) return slice;
        const sources = slice.sources.map((each) => ({ ...each, values: ofModel(each.values) }));
        const [{ from, to }] = sources;
        // Held against the base's layers of the same numbers as the first model's.
        const isThere = sources.some(({ model }) => model === base.id);
        return {
          ...slice,
          sources: isThere ? sources : [{ model: base.id, from, to, values: {} }, ...sources],
          values: {},
          rules: slice.rules.filter(known),
        };
      }) ?? null,
  };
}
