import { membersOf } from '../recipe/series.ts';
import type { Session } from '../stores/session.ts';
import { demoRecipe, failureOf, openDemo } from '../stores/session.ts';
import { reopen } from './hub/add.ts';
import { measureCache } from './hub/cache.ts';
import { connect } from './hub/connect.ts';
import { finishSignIn, openAgain } from './hub/sign-in.ts';
import { listKept, listLeftovers, measureFree } from './kept.ts';
import { listLeftFolders } from './left-folders.ts';
import { recallModels } from './reopen-models.ts';
import { watchResults } from './settle-results.ts';

/**
 * What the page does when it opens: the recipe of the link or of the last visit or the demo's, the
 * models that can be opened again, the device, and what an interrupted run left behind.
 */
export async function begin(session: Session): Promise<void> {
  measureAgain(session);
  watchResults(session);
  await Promise.all([
    openFirst(session),
    openFromHub(session),
    recallModels(session).then(() => findMade(session)),
    askDevice(session),
    measureFree(session),
    measureCache(session),
    listLeftovers(session),
    listLeftFolders(session),
    listKept(session),
  ]);
}

async function openFirst(session: Session): Promise<void> {
  const family = await openDemo(session);
  // Asked now: the user may have dropped models while the demo was loading.
  if (family && membersOf(session.recipe.getState().recipe).length === 0) {
    session.recipe.getState().restart(demoRecipe(family));
  }
}

async function findMade(session: Session): Promise<void> {
  if (session.recipe.getState().recipe.series === null) return;
  const { findResults } = await import('./series.ts');
  await findResults(session);
}

/** Room changes while the user is elsewhere, freeing some. */
function measureAgain(session: Session): void {
  globalThis.addEventListener?.('focus', () => void measureFree(session));
}

/** Models of the Hub are opened again whenever a recipe names them: a link, a file, an undo, a reload. */
async function openFromHub(session: Session): Promise<void> {
  await connect(session);
  session.recipe.subscribe(() => void reopen(session));
  // Public models do not wait for the sign-in; what needs a name fails at first, and is opened again.
  await Promise.all([reopen(session), finishSignIn(session)]);
  if (session.hub.getState().token !== null) await openAgain(session);
}

export async function askDevice({ engine, device }: Session): Promise<void> {
  try {
    device.getState().describe(await engine.device(device.getState().choice));
  } catch (error) {
    device.getState().fail(failureOf(error));
  }
}
