import { emptyRecipe } from '../recipe/defaults.ts';
import type { ModelRef, Recipe } from '../recipe/recipe.ts';

/** Every model of a recipe, the base first. */
export function membersOf({ base, experts }: Recipe): readonly ModelRef[] {
  return [...(base ? [base] : []), ...experts.map((expert) => expert.model)];
}

/** Whether it holds no model of the user's own. */
export const isDemo = (recipe: Recipe): boolean =>
  membersOf(recipe).every(({ origin }) => origin === 'demo');

/** What a recipe says apart from its models: where the user's own take the place of the demo's. */
export function withoutModels(recipe: Recipe): Recipe {
  return {
    ...recipe,
    base: null,
    experts: [],
    rules: recipe.rules.filter((rule) => rule.model === null),
    renames: [],
    keeps: recipe.keeps.filter(({ from }) => from.kind !== 'model'),
    donors: {},
    output: { ...recipe.output, name: emptyRecipe().output.name },
  };
}
