import { emptyRecipe } from '../recipe/defaults.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Engine } from '../stores/engine.ts';
import { createSession } from '../stores/session.ts';
import { fakeEngine } from './fake-engine.ts';

/** A session with an acted engine and no demo; nothing is shared between two of them. */
export function fakeSession(recipe: Partial<Recipe> = {}, engine: Partial<Engine> = {}) {
  const acted = fakeEngine(engine);
  const session = createSession(acted, 'http://localhost/demo/', { ...emptyRecipe(), ...recipe });
  return { ...session, engine: acted };
}

/** The experts of a session as if they lay on the Hub. */
export function moveToHub({ recipe }: ReturnType<typeof fakeSession>): void {
  const now = recipe.getState().recipe;
  const experts = now.experts.map((each) => ({
    ...each,
    model: { ...each.model, origin: 'hub' as const },
  }));
  recipe.getState().replace({ ...now, experts } as Recipe);
}
