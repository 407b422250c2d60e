import { resolveArithmetic } from '../../methods/dialect.ts';
import type { MergeMethod } from '../../methods/method.ts';
import { findMethod } from '../../methods/registry.ts';
import { expertValues } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import type { Changes } from '../../views/changes.ts';
import { statsAt } from '../../views/changes.ts';
import { type Kept, keptAbove, keptAt, type Magnitudes } from '../../views/magnitudes.ts';
import type { Draw } from './axes.ts';

/** What a density does: a trim keeps the largest changes, a draw any of them; null where there is none. */
export type Thinning = 'trim' | 'draw' | null;

export function thinningOf({ sparsifies }: MergeMethod): Thinning {
  return sparsifies ?? null;
}

/** What draws at a density do to a task vector: scaled up again, on average by the same, unless the arithmetic says not to. */
export function drawOf(recipe: Recipe, { exceptions }: MergeMethod, keep: number): Draw {
  const { rescale } = resolveArithmetic(recipe.dialect, exceptions, recipe.arithmetic);
  return { keep, scale: rescale === 'none' || keep === 0 ? 1 : 1 / keep };
}

/** By expert, as its card has it, at most 1; rules may set others for some tensors. */
export function densitiesOf(recipe: Recipe): readonly number[] {
  const method = findMethod(recipe.method);
  return recipe.experts.map((expert) => {
    const density = method && expertValues(recipe, method, expert)['density'];
    return typeof density === 'number' ? Math.min(1, Math.max(0, density)) : 1;
  });
}

/**
 * What one expert keeps of some tensors: by one threshold over all of them, or by that of the whole model where the recipe
 * trims so.
 */
export function keptOf(
  of: Magnitudes,
  model: Magnitudes,
  density: number,
  scope: Recipe['trimScope'],
): Kept {
  if (scope === 'tensor' || of === model) return keptAt(of, density);
  return keptAbove(of, keptAt(model, density).threshold);
}

/** Tensors that one threshold for the whole model would leave nothing of, though the expert changes them. */
export function emptied(changes: Changes, expert: number, threshold: number): readonly string[] {
  const { tensors, models } = changes;
  return tensors.names.filter((_, i) => {
    const { most } = statsAt(tensors, models.length, i, expert);
    return most > 0 && most < threshold;
  });
}
