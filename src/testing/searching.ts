/** A recipe to search, and how its searches are run to their ends. */
import type { Evaluate, Step } from '../evaluate/search/step.ts';
import { emptyRecipe } from '../recipe/defaults.ts';
import { dialsOf } from '../recipe/dials.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { modelRef } from './recipes.ts';

export const expert = (id: string, values = {}) => ({ model: modelRef(id), values });
export const recipe: Recipe = {
  ...emptyRecipe(),
  base: modelRef('base'),
  experts: [expert('A'), expert('B'), expert('C')],
  values: { lambda: 0.5 },
};
export const { signal } = new AbortController();
export const dial = (id: string, of = recipe) => dialsOf(of).find((each) => each.id === id)!;

export async function all<R>(steps: AsyncGenerator<Step, R>) {
  const found: Step[] = [];
  for (;;) {
    const next = await steps.next();
    if (next.done) return { steps: found, result: next.value };
    found.push(next.value);
  }
}

/** (λ − 0.63)² + Σ (weight − target)². */
export const bowl: Evaluate = async ({ recipe: { values, experts } }) => {
  const target = [0.3, 0.9, 0.6];
  const weights = experts.map((each, i) => (Number(each.values.weight ?? 1) - target[i]) ** 2);
  const lambda = (Number(values.lambda ?? 1) - 0.63) ** 2;
  return { objective: weights.reduce((sum, each) => sum + each, lambda) };
};
