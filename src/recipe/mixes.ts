/** Weights of three experts as a point in a triangle: each corner is one of them alone, with all the weight there is. */
import type { Dial } from './dials.ts';
import { dialsOf, dialValue, turnedTo } from './dials.ts';
import type { Recipe } from './recipe.ts';

/** Shares of the whole weight, by expert; they sum to 1. */
export type Mix = readonly [number, number, number];

export type Triangle = {
  readonly dials: readonly Dial[];
  /** The weights' sum, which stays. */
  readonly total: number;
  /** Where the recipe stands; null where a weight is negative. */
  readonly present: Mix | null;
};

/** Null unless the method weighs three experts, whose weights sum to more than nothing. */
export function triangleOf(recipe: Recipe): Triangle | null {
  if (recipe.experts.length !== 3) return null;
  const dials = dialsOf(recipe).filter(
    ({ key, models }) => key === 'weight' && models.length === 1,
  );
  const weights = dials.map((dial) => dialValue(recipe, dial) ?? Number.NaN);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (dials.length !== 3 || !(total > 0)) return null;
  const [a, b, c] = weights.map((weight) => weight / total);
  return { dials, total, present: weights.every((weight) => weight >= 0) ? [a, b, c] : null };
}

/** The recipe with its weights in these shares, to a hundredth of the smallest step of a weight. */
export function mixed(recipe: Recipe, { dials, total }: Triangle, mix: Mix): Recipe {
  return dials.reduce(
    (before, dial, k) => turnedTo(before, dial, Number((mix[k] * total).toFixed(4))),
    recipe,
  );
}

/** Points of a grid with `steps` steps along each side, row by row from the first expert's corner. */
export function gridOfMixes(steps: number): readonly Mix[] {
  return Array.from({ length: steps + 1 }, (_, row) =>
    Array.from(
      { length: row + 1 },
      (_, at): Mix => [(steps - row) / steps, (row - at) / steps, at / steps],
    ),
  ).flat();
}

/** Where a mix lies: x and y from 0 to 1, the first corner on top, the second at the left. */
export function placeOfMix([a, b, c]: Mix): readonly [x: number, y: number] {
  return [a / 2 + c, b + c];
}

/** The mix at a place; beyond the triangle the nearest that leaves no share below nothing. */
export function mixAt(x: number, y: number): Mix {
  const raw = [1 - y, y - (x - (1 - y) / 2), x - (1 - y) / 2].map((share) => Math.max(0, share));
  const sum = raw.reduce((all, share) => all + share, 0);
  return [raw[0] / sum, raw[1] / sum, raw[2] / sum];
}
