/** Several recipes as one document: one of them is in place, the others stand in its series. */
import type { ModelRef, Recipe, Step } from './recipe.ts';

/** In the order in which they are merged; a recipe by itself is its only step. */
export function stepsOf(recipe: Recipe): readonly Step[] {
  const { name = null, before = [], after = [] } = recipe.series ?? {};
  return [...before, { name, recipe: { ...recipe, series: null } }, ...after];
}

/** Which of its steps is in place, from 0. */
export const placeIn = ({ series }: Recipe): number => series?.before.length ?? 0;

/** The document of these steps, with the one at `at` in place. */
export function seriesOf(steps: readonly Step[], at: number): Recipe {
  const { name, recipe } = steps[at];
  const series = { name, before: steps.slice(0, at), after: steps.slice(at + 1) };
  return { ...recipe, series: steps.length > 1 ? series : null };
}

/** The same document with another step in place. */
export function showing(recipe: Recipe, at: number): Recipe {
  return at === placeIn(recipe) ? recipe : seriesOf(stepsOf(recipe), at);
}

/** The recipe in place outside its series; results that it takes are models like others. */
export function alone(recipe: Recipe): Recipe {
  const asLocal = (ref: ModelRef): ModelRef =>
    ref.origin === 'result' ? { ...ref, origin: 'local' } : ref;
  return { ...withModels(recipe, asLocal), series: null };
}

/** The result of a step, of which nothing is known but its name. */
export function resultOf(name: string): ModelRef {
  return { id: `result-${name}`, name, origin: 'result', bytes: 0 };
}

/** Every model of the recipe in place, the base first. */
export function membersOf({
  base,
  experts,
}: Pick<Recipe, 'base' | 'experts'>): readonly ModelRef[] {
  return [...(base ? [base] : []), ...experts.map(({ model }) => model)];
}

/** Names of the steps whose results it takes, each once. */
export function usesOf(recipe: Recipe): readonly string[] {
  const results = membersOf(recipe).filter(({ origin }) => origin === 'result');
  return [...new Set(results.map(({ name }) => name))];
}

/** Models of all steps, each once. */
export function modelsOf(recipe: Recipe): readonly ModelRef[] {
  const refs = stepsOf(recipe).flatMap(({ recipe }) => membersOf(recipe));
  return [...new Map(refs.map((ref) => [ref.id, ref])).values()];
}

/** What every step names, told anew. */
export function withModels(recipe: Recipe, told: (ref: ModelRef) => ModelRef): Recipe {
  const inStep = (step: Step): Step => ({ ...step, recipe: withModels(step.recipe, told) });
  const { base, experts, series } = recipe;
  return {
    ...recipe,
    base: base && told(base),
    experts: experts.map((expert) => ({ ...expert, model: told(expert.model) })),
    series: series && {
      ...series,
      before: series.before.map(inStep),
      after: series.after.map(inStep),
    },
  };
}
