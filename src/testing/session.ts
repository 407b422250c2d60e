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
