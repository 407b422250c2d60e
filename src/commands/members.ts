import { emptyRecipe } from '../recipe/defaults.ts';
import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import { modelsOf, withModels } from '../recipe/series.ts';
import { vocabularyWithout } from '../recipe/vocabulary.ts';
import type { DemoState } from '../stores/models.ts';
import { demoRecipe } from '../stores/session.ts';

/** Whether it holds no model of the user's own. */
export const isDemo = (recipe: Recipe): boolean =>
  recipe.series === null && modelsOf(recipe).every(({ origin }) => origin === 'demo');

/**
 * What a recipe says apart from its models, where the user's own take the place of the demo's. A number that the
 * demo brought goes with it (its λ suits its three experts); one that was set by hand stays.
 */
export function withoutModels(recipe: Recipe, demo: DemoState): Recipe {
  const brought = demo.kind === 'ready' ? demoRecipe(demo.family).values : {};
  const own = Object.entries(recipe.values).filter(([key, value]) => brought[key] !== value);
  return {
    ...recipe,
    base: null,
    experts: [],
    slices: null,
    values: Object.fromEntries(own),
    rules: recipe.rules.filter((rule) => rule.model === null),
    renames: [],
    keeps: recipe.keeps.filter(({ from }) => from.kind !== 'model'),
    donors: {},
    vocabulary: vocabularyWithout(recipe.vocabulary, () => true),
    output: { ...recipe.output, name: emptyRecipe().output.name },
  };
}

/** The recipe with what is now known of models that it, or its series, names. */
export function withRefs(recipe: Recipe, refs: readonly ModelRef[]): Recipe {
  if (refs.length === 0) return recipe;
  return withModels(recipe, (ref) => refs.find(({ id }) => id === ref.id) ?? ref);
}
