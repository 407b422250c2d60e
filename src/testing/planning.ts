import type { Model } from '../formats/model.ts';
import { type Planned, plan } from '../plan/plan.ts';
import type { Finding, Job, Plan } from '../plan/types.ts';
import { emptyRecipe } from '../recipe/defaults.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { refTo } from './model.ts';

/** Task arithmetic of `experts` on `base`, unless `more` says otherwise; small models may share little. */
export function recipeOf(
  base: Model | null,
  experts: readonly Model[],
  more: Partial<Recipe> = {},
): Recipe {
  return {
    ...emptyRecipe(),
    smallShare: 'merge anyway',
    base: base && refTo(base),
    experts: experts.map((model) => ({ model: refTo(model), values: {} })),
    ...more,
  };
}

/** Gives each expert in turn its values. */
export function withValues(
  recipe: Recipe,
  ...values: readonly Recipe['experts'][number]['values'][]
): Recipe {
  const experts = recipe.experts.map((expert, k) => ({ ...expert, values: values[k] ?? {} }));
  return { ...recipe, experts };
}

export function planWith(recipe: Recipe, models: readonly Model[]): Planned {
  return plan({
    recipe,
    models: new Map(models.map((model) => [model.id, model])),
    recipeHash: 'abc',
    producer: { version: '1.2.3', backend: 'cpu' },
  });
}

/** The plan; fails when there is none. */
export function planned(recipe: Recipe, models: readonly Model[]): Plan {
  const result = planWith(recipe, models);
  if ('plan' in result) return result.plan;
  throw new Error(result.findings.map(({ code, message }) => `${code}: ${message}`).join('\n'));
}

export function findingsOf(recipe: Recipe, models: readonly Model[]): readonly Finding[] {
  const result = planWith(recipe, models);
  return 'plan' in result ? result.plan.findings : result.findings;
}

/** The one finding of this code; fails when there are none or several. */
export function findingOf(recipe: Recipe, models: readonly Model[], code: string): Finding {
  const all = findingsOf(recipe, models);
  const found = all.filter((finding) => finding.code === code);
  if (found.length === 1) return found[0];
  throw new Error(`${found.length} findings of ${code} among ${all.map((f) => f.code).join(', ')}`);
}

export function jobOf({ jobs }: Plan, tensor: string): Job {
  const job = jobs.find((candidate) => candidate.tensor === tensor);
  if (!job) throw new Error(`No job for ${tensor}`);
  return job;
}
