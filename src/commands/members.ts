import type { ModelRef, Recipe } from '../recipe/recipe.ts';

/** Every model of a recipe, the base first. */
export function membersOf({ base, experts }: Recipe): readonly ModelRef[] {
  return [...(base ? [base] : []), ...experts.map((expert) => expert.model)];
}
