/** What a search tries, as plain data, and the generator that tries it. */
import { evolve } from '../evaluate/search/evolve.ts';
import { type GreedySoup, greedySoup, learnedSoup, uniformSoup } from '../evaluate/search/soups.ts';
import {
  type Begin,
  type Detail,
  type Range,
  type Space,
  spaceOf,
} from '../evaluate/search/space.ts';
import type { Searching, Step } from '../evaluate/search/step.ts';
import { alongLine, grid, type Sweep } from '../evaluate/search/sweep.ts';
import { type Dial, dialsOf, sweepOf } from '../recipe/dials.ts';
import type { Recipe } from '../recipe/recipe.ts';

export type EvolvePlan = {
  readonly kind: 'evolve';
  /** Keys of the parameters; of one that every model has, each model's own is searched. */
  readonly keys: readonly string[];
  /** Ends by key; of those without, where sensible values lie. */
  readonly ranges: Readonly<Record<string, Range>>;
  readonly detail: Detail;
  readonly begin: Begin;
  /** The first step, as a share of every range. */
  readonly sigma: number;
  /** Null for the usual 4 + ⌊3 ln n⌋. */
  readonly population: number | null;
  readonly restarts: number;
  readonly budget: number;
  readonly seed: number;
};

export type Along = {
  /** A dial's id. */
  readonly dial: string;
  readonly range: Range;
  readonly points: number;
};

/** The first is down, the second across. */
export type GridPlan = { readonly kind: 'grid'; readonly along: readonly [Along, Along] };

export type SearchPlan =
  | EvolvePlan
  | GridPlan
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
      const { budget, seed, sigma, population, restarts } = plan;
      const how = { budget, seed, sigma, restarts, population: population ?? undefined };
      return evolve(searchedBy(plan, recipe), { ...searching, ...how });
    }
    case 'grid':
      return grid(recipe, sweepsOf(plan, recipe), searching);
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

/** A RangeError where no number is searched, or a range has no inside. */
export function searchedBy({ keys, ranges, detail, begin }: SpacePlan, recipe: Recipe): Space {
  const wanted = searchable(recipe).filter(({ key }) => keys.includes(key));
  return spaceOf(
    recipe,
    wanted.map((dial) => ({ dial, range: ranges[dial.key] })),
    detail,
    begin,
  );
}

type SpacePlan = Pick<EvolvePlan, 'keys' | 'ranges' | 'detail' | 'begin'>;

/** Numbers of the whole merge, and of each model its own. */
export function searchable(recipe: Recipe): readonly Dial[] {
  return dialsOf(recipe).filter(({ models }) => models.length < 2);
}

/** A RangeError where the recipe has no such numbers. */
export function sweepsOf({ along }: GridPlan, recipe: Recipe): readonly [Sweep, Sweep] {
  const dials = dialsOf(recipe);
  const [rows, columns] = along.map(({ dial: id, range, points }) => {
    const dial = dials.find((each) => each.id === id);
    if (!dial) throw new RangeError(`The recipe has no number "${id}".`);
    return { dial, values: sweepOf(dial, range, points) };
  });
  return [rows, columns];
}
