/** Recipes to be compared with one another, made of one: soups of its experts, the steps of a method, all methods. */
import { methods } from '../methods/registry.ts';
import { expertValues, withMethod } from './defaults.ts';
import { presets } from './presets.ts';
import type { Recipe } from './recipe.ts';

export type Compared = { readonly title: string; readonly recipe: Recipe };

/** The average of these experts, by their positions; with weights, which are made to sum to 1. */
export function soupOf(
  recipe: Recipe,
  experts: readonly number[],
  weights: readonly number[] = experts.map(() => 1),
): Recipe {
  const soup = presets.find(({ id }) => id === 'soup')!;
  const mixed = soup.apply({ ...recipe, experts: experts.map((at) => recipe.experts[at]) });
  const weighed = mixed.experts.map((expert, k) => {
    return { ...expert, values: { ...expert.values, weight: weights[k] } };
  });
  return { ...mixed, experts: weighed };
}

/** Every method that takes as many models, with its own defaults; those that need a base only where there is one. */
export function methodsToCompare(recipe: Recipe): readonly Compared[] {
  const count = recipe.experts.length;
  return methods
    .filter(({ arity }) => {
      const [least, most] = arity.models;
      return count >= least && count <= most && (arity.base !== 'required' || recipe.base);
    })
    .map(({ id, title }) => {
      const plain = {
        ...recipe,
        values: {},
        rules: [],
        arithmetic: {},
        experts: recipe.experts.map((expert) => ({ ...expert, values: {} })),
      };
      return { title, recipe: withMethod(plain, id) };
    });
}

/**
 * What each step of an election after a trim adds: the mean of all; of what trim leaves; of those that agree, the others
 * counting as zeros; and of those that agree alone. All are means under one λ, so that their sizes can be compared.
 * @param density what trim keeps of each model
 */
export function electionSteps(
  recipe: Recipe,
  density: number,
  lambda: number,
): readonly Compared[] {
  const full = methods.find(
    ({ elects, sparsifies, choices }) =>
      elects && sparsifies === 'trim' && choices.includes('divisor'),
  );
  const keys = Object.keys(full?.params.perModel ?? {}).join();
  const sums = methods.find(
    ({ elects, sparsifies, params }) =>
      !elects && sparsifies === 'trim' && Object.keys(params.perModel).join() === keys,
  );
  if (!full || !sums) return [];
  const total = recipe.experts.reduce((sum, expert) => {
    return sum + Number(expertValues(recipe, full, expert).weight ?? 1);
  }, 0);
  const step = (
    title: string,
    id: string,
    kept: number,
    scale: number,
    divisor?: 'none' | 'weights',
  ) => {
    const set = withMethod(recipe, id);
    return {
      title,
      recipe: {
        ...set,
        rules: [],
        arithmetic: { ...set.arithmetic, ...(divisor ? { divisor } : {}) },
        values: { ...set.values, lambda: scale },
        experts: set.experts.map((expert) => {
          return { ...expert, values: { ...expert.values, density: kept } };
        }),
      },
    };
  };
  return [
    step('Mean of all', sums.id, 1, lambda / total),
    step('Trim', sums.id, density, lambda / total),
    step('Trim and elect', full.id, density, lambda / total, 'none'),
    step(`${full.title} in full`, full.id, density, lambda, 'weights'),
  ];
}
