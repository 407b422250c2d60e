import { createStore, useStore } from 'zustand';
import type { Range } from '../../evaluate/search/space.ts';
import { type Dial, dialsOf, dialValue, reachOf } from '../../recipe/dials.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import type { Along } from '../../stores/search-plan.ts';
import { useGrid } from './use-search.ts';

export type Choice = {
  /** Ids of dials; null for the first, and for no second one. */
  readonly dial: string | null;
  readonly second: string | null;
  readonly points: number;
  /** Of each number of a grid. */
  readonly gridPoints: number;
  /** Ends that were typed, by dial. */
  readonly ranges: Readonly<Record<string, Range>>;
  /** Items of each task that a cell of a grid is asked at most. */
  readonly most: number;
};

const usual: Choice = {
  ...{ dial: null, second: null, points: 11, gridPoints: 9, ranges: {}, most: 25 },
};

const chosen = createStore<{ readonly choice: Choice | null }>()(() => ({ choice: null }));

/** What is swept: as the last grid was, until something is chosen. */
export function useSweep() {
  const last = useGrid().search;
  const { choice } = useStore(chosen);
  const along = last?.plan.kind === 'grid' ? last.plan.along : null;
  const asLast = along && {
    ...{ dial: along[0].dial, second: along[1].dial, gridPoints: along[0].points },
    ...{ most: last?.most ?? usual.most, ranges: rangesOf(along) },
  };
  const present: Choice = choice ?? { ...usual, ...asLast };
  const set = (part: Partial<Choice>) => chosen.setState({ choice: { ...present, ...part } });
  return [present, set] as const;
}

const rangesOf = (along: readonly Along[]) =>
  Object.fromEntries(along.map(({ dial, range }) => [dial, range]));

/** The numbers that are swept now, one or two. */
export function sweptDials(recipe: Recipe, { dial, second }: Choice): readonly Dial[] {
  const dials = dialsOf(recipe);
  const first = dials.find(({ id }) => id === dial) ?? dials[0];
  const other = dials.find(({ id }) => id === second && id !== first?.id);
  return [first, other].filter((each) => each !== undefined);
}

export const acrossOf = (recipe: Recipe, dial: Dial, { ranges }: Choice): Range =>
  ranges[dial.id] ?? reachOf(dial, dialValue(recipe, dial));
