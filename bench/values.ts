import { findMethod } from '../src/methods/registry.ts';
import type { Expert } from '../src/recipe/recipe.ts';

/** The values of every expert in a benchmark: weight 1 and a density of a fifth, where a method has them. */
export function expertValues(method: string): Expert['values'] {
  const known = findMethod(method)?.params.perModel ?? {};
  const values = Object.entries({ weight: 1, density: 0.2 });
  return Object.fromEntries(values.filter(([key]) => key in known));
}
