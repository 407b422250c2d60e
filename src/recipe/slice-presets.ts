/** Well-known stacks of layers, from models of known depth. */
import { withMethod } from './defaults.ts';
import type { ModelRef, Recipe, Slice } from './recipe.ts';
import { sliceOf } from './slices.ts';

/** A model, and how many layers it has. */
export type Layered = { readonly model: ModelRef; readonly depth: number };

/** One model twice over its middle: three quarters of it, then again from a quarter on, as SOLAR 10.7B was made. */
export function repeatedMiddle(recipe: Recipe, { model: { id }, depth }: Layered): Recipe {
  const quarter = Math.floor(depth / 4);
  return copying(recipe, [
    sliceOf('slice-1', id, 0, depth - quarter),
    sliceOf('slice-2', id, quarter, depth),
  ]);
}

/** The first half of one model below the second half of another. */
export function stackedHalves(recipe: Recipe, lower: Layered, upper: Layered): Recipe {
  const [middle, from] = [lower, upper].map(({ depth }) => Math.ceil(depth / 2));
  return copying(recipe, [
    sliceOf('slice-1', lower.model.id, 0, middle),
    sliceOf('slice-2', upper.model.id, from, upper.depth),
  ]);
}

/** Layers go through as they are. */
function copying(recipe: Recipe, slices: readonly Slice[]): Recipe {
  return { ...withMethod(recipe, 'passthrough'), slices };
}

/** The models as they are, in one slice to be changed; with the base where the method computes with it. */
export function asTheyAre(recipe: Recipe, depth: number, withBase: boolean): Recipe {
  const experts = recipe.experts.map(({ model }) => model.id);
  const ids = new Set([...(recipe.base && withBase ? [recipe.base.id] : []), ...experts]);
  const sources = [...ids].map((model) => ({ model, from: 0, to: depth, values: {} }));
  return { ...recipe, slices: [{ id: 'slice-1', sources, method: null, values: {}, rules: [] }] };
}
