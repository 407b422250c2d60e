import { useEffect, useRef } from 'react';
import type { Recipe } from '../../recipe/recipe.ts';
import type { LookState } from '../../stores/look.ts';
import { outcomeKey, type Told } from '../../stores/outcomes.ts';
import { session, useOutcomes } from '../../stores/use-session.ts';
import type { Outcome } from '../../views/outcome.ts';

export type Outcomes = {
  /** One for each recipe: the last that was known in its place until it is looked at again; null before. */
  readonly told: readonly (Told | null)[];
  /** Whether each is of the recipe as it is. */
  readonly isFresh: readonly boolean[];
  /** What there is instead of a picture, by the first recipe. */
  readonly state: LookState<Outcome>;
};

/** What recipes would make of the models, looked at while this is shown. The list must be the same while its recipes are. */
export function useOutcomesOf(recipes: readonly Recipe[]): Outcomes {
  const outcomes = useOutcomes((all) => all);
  const { known } = outcomes;
  const last = useRef<readonly (Told | null)[]>([]);
  const now = recipes.map((recipe) => known.get(outcomeKey(recipe)) ?? null);
  const told = now.map((one, i) => one ?? last.current[i] ?? null);
  useEffect(() => {
    last.current = told;
  });
  useEffect(() => {
    session.outcomes.getState().want(recipes);
    return () => session.outcomes.getState().want([]);
  }, [recipes]);
  const state = { ...outcomes, found: told[0] ?? null, watch };
  return { told, isFresh: now.map((one) => one !== null), state };
}

/** The list says what is looked at. */
function watch() {}
