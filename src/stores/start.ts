import { startEngine } from '../engine/client.ts';
import { emptyRecipe } from '../recipe/defaults.ts';
import { recipeFromHash } from '../recipe/link.ts';
import { parseRecipe } from '../recipe/parse.ts';
import { browserBar, followAddress, refuseLink, withoutRecipe } from './address.ts';
import { createSession, keep, keptRecipe, type Session } from './session.ts';

/** The session of this page: the real engine, and the recipe of the link or of the last visit. */
export function startSession(): Session {
  const root = new URL('demo/', document.baseURI).href;
  const linked = recipeFromHash(location.hash);
  const kept = parseRecipe(keptRecipe());
  const recipe =
    linked && 'recipe' in linked ? linked.recipe : 'recipe' in kept ? kept.recipe : emptyRecipe();
  const session = createSession(startEngine(), root, recipe);
  if (linked && 'findings' in linked) refuseLink(session, linked.findings);
  // From here on the page keeps the recipe itself; a stale link would undo that on reload. What else it says is a place.
  if (linked) browserBar.write('recipe' in linked ? withoutRecipe(location.hash) : '', false);
  followAddress(session, browserBar);
  keep(session);
  return session;
}
