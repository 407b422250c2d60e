/** What a search tries, as plain data, and the generator that tries it. */
import { evolve } from '../evaluate/search/evolve.ts';
import { type GreedySoup, greedySoup, learnedSoup, uniformSoup } from '../evaluate/search/soups.ts';
import { type Detail, spaceOf } from '../evaluate/search/space.ts';
import type { Searching, Step } from '../evaluate/search/step.ts';
import { alongLine } from '../evaluate/search/sweep.ts';
import { type Dial, dialsOf } from '../recipe/dials.ts';
import type { Recipe } from '../recipe/recipe.ts';

export type SearchPlan =
  | {
      readonly kind: 'evolve';
      /** Keys of the parameters; of one that every model has, each model's own is searched. */
      readonly keys: readonly string[];
      readonly detail: Detail;
      readonly budget: number;
      readonly seed: number;
    }
  | { readonly kind: 'uniform' | 'greedy' }
  | { readonly kind: 'learned'; readonly budget: number; readonly seed: number }
  | {
      readonly kind: 'line';
      readonly experts: readonly [number, number];
      readonly points: number;
    };

export type Ended = string | GreedySoup | undefined;

/** A RangeError where there is nothing to search. */
export function stepsOf(
  plan: SearchPlan,
  recipe: Recipe,
  searching: Searching,
): AsyncGenerator<Step, Ended> {
  switch (plan.kind) {
    case 'evolve': {
      const { keys, detail, budget, seed } = plan;
      const wanted = searchable(recipe).filter(({ key }) => keys.includes(key));
      const space = spaceOf(
        recipe,
        wanted.map((dial) => ({ dial })),
        detail,
      );
      return evolve(space, { ...searching, budget, seed });
    }
    case 'uniform':
      return uniformSoup(recipe, searching);
    case 'greedy':
      return greedySoup(recipe, searching);
    case 'learned':
      return learnedSoup(recipe, { ...searching, budget: plan.budget, seed: plan.seed });
    case 'line':
      return alongLine(recipe, plan.experts, plan.points, searching);
    default:
      return plan satisfies never;
  }
}

/** Numbers of the whole merge, and of each model its own. */
export function searchable(recipe: Recipe): readonly Dial[] {
  return dialsOf(recipe).filter(({ models }) => models.length < 2);
}
