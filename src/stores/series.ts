import { createStore } from 'zustand/vanilla';
import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import { isSameMerge } from '../recipe/same-merge.ts';
import { stepsOf, usesOf } from '../recipe/series.ts';

/** `made`: merged in this visit; `found`: the same merge was in private storage. */
type Result = {
  readonly of: Recipe;
  readonly state: 'made' | 'found';
  /** What it is open as; null where it is the last, which no other takes. */
  readonly ref: ModelRef | null;
};

export type StepState = 'waiting' | 'under way' | 'failed' | 'cancelled' | Result['state'];

export type Current = {
  readonly name: string | null;
  /** Which of how many, from 0. */
  readonly at: number;
  readonly of: number;
  readonly state: 'under way' | 'failed' | 'cancelled';
};

export type SeriesState = {
  /** By the names of their steps. */
  readonly results: ReadonlyMap<string | null, Result>;
  /** The step that is merged, or that the last run came no further than. */
  readonly current: Current | null;
  begin(step: Omit<Current, 'state'>): void;
  finish(name: string | null, result: Result): void;
  /** Null where it came to its end. */
  stop(state: 'failed' | 'cancelled' | null): void;
  drop(name: string | null): void;
};

export function createSeriesStore() {
  return createStore<SeriesState>()((set) => ({
    results: new Map(),
    current: null,
    begin: (step) => set({ current: { ...step, state: 'under way' } }),
    finish: (name, result) =>
      set(({ results }) => ({ results: new Map([...results, [name, result]]) })),
    stop: (state) =>
      set(({ current }) => ({ current: state && current ? { ...current, state } : null })),
    drop: (name) =>
      set(({ results }) => ({ results: new Map([...results].filter(([one]) => one !== name)) })),
  }));
}

export type SeriesStore = ReturnType<typeof createSeriesStore>;

/** Whether its steps are being merged: also between two of them. */
export const isMergingSeries = ({ current }: Pick<SeriesState, 'current'>): boolean =>
  current?.state === 'under way';

/** How far each step of a recipe is. What was made of another recipe, or of a result that no longer stands, waits. */
export function statesOf(
  recipe: Recipe,
  { results, current }: Pick<SeriesState, 'results' | 'current'>,
): readonly StepState[] {
  const standing = new Set<string | null>();
  return stepsOf(recipe).map(({ name, recipe }): StepState => {
    if (current?.name === name) return current.state;
    const result = results.get(name);
    if (!result || !usesOf(recipe).every((used) => standing.has(used))) return 'waiting';
    if (result.of !== recipe && !isSameMerge(result.of, recipe)) return 'waiting';
    standing.add(name);
    return result.state;
  });
}
