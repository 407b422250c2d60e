/** Models of this computer after a reload: where the browser gives handles, one press opens them all again. */
import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import { type Offered, sortOffered } from '../stores/dropped.ts';
import type { ModelsState } from '../stores/models.ts';
import {
  type Root,
  rememberedModels,
  rememberModel,
  rootsOf,
} from '../stores/remembered-models.ts';
import type { Session } from '../stores/session.ts';
import { admit, arrivalsOf, awaitedBy } from './admit.ts';
import type { Command } from './command.ts';
import { filesIn } from './files-in.ts';
import { openAdmitted } from './open-files.ts';

export const reopenModels: Command = {
  id: 'reopen-models',
  label: 'Open the models of the last visit again',
  shortcut: null,
  enabled: (session) => reopenableIn(session).length > 0,
  run: async (session) => {
    const { denied, gone } = await reopen(session, reopenableIn(session), 'ask');
    const { tell } = session.view.getState();
    if (denied) tell('This page was not allowed to read the files.');
    else if (gone.length > 0) {
      tell(`${gone.join(', ')}: not found where it was. Drop its files on the page.`);
    }
  },
};

/** What the recipe waits for since the page was loaded, and the browser remembers the place of. */
export function reopenable(
  recipe: Recipe,
  { slots, remembered }: Pick<ModelsState, 'slots' | 'remembered'>,
): readonly ModelRef[] {
  return awaitedBy(recipe, slots).filter(({ id }) => !slots[id] && remembered.includes(id));
}

const reopenableIn = ({ recipe, models }: Session) =>
  reopenable(recipe.getState().recipe, models.getState());

/** On a visit: opens what may be read without asking; the rest waits for a press. */
export async function recallModels(session: Session): Promise<void> {
  const { models, recipe } = session;
  const remembered = await rememberedModels();
  const { slots } = models.getState();
  const refs = reopenable(recipe.getState().recipe, { slots, remembered });
  await reopen(session, refs, 'do not ask');
}

type Outcome = {
  /** The browser, or its user, did not allow to read. */
  readonly denied: boolean;
  /** Names of models that are not where they were, or changed. */
  readonly gone: readonly string[];
};

async function reopen(
  session: Session,
  refs: readonly ModelRef[],
  asking: 'ask' | 'do not ask',
): Promise<Outcome> {
  const { models, recipe } = session;
  const isAwaited = ({ id }: ModelRef) =>
    awaitedBy(recipe.getState().recipe, models.getState().slots).some((ref) => ref.id === id);
  let denied = false;
  for (const ref of refs) {
    // One folder may have held several: then the first of them has brought the others.
    if (!isAwaited(ref)) continue;
    const roots = await rootsOf(ref.id);
    if (await mayRead(roots, asking)) await openAwaited(session, await filesOf(roots));
    else denied = true;
    if (denied && asking === 'ask') break;
  }
  // Moved, renamed or changed since: their cards say what to drop.
  const gone = denied ? [] : refs.filter(isAwaited);
  await Promise.all(gone.map(({ id }) => rememberModel(id, [])));
  models.getState().setRemembered(await rememberedModels());
  return { denied, gone: gone.map(({ name }) => name) };
}

/** Opens those of the files that the recipe waits for, and nothing else that lies beside them. */
async function openAwaited(session: Session, offered: readonly Offered[]): Promise<void> {
  if (offered.length === 0) return;
  const { candidates } = await sortOffered(offered);
  const arrivals = await arrivalsOf(candidates);
  const { slots } = session.models.getState();
  const admitted = admit(arrivals, session.recipe.getState().recipe, slots);
  const awaited = admitted.filter(({ fills }) => fills !== null);
  await openAdmitted(session, awaited, offered);
}

async function mayRead(roots: readonly Root[], asking: 'ask' | 'do not ask'): Promise<boolean> {
  for (const root of roots) {
    const permit = asking === 'ask' ? root.requestPermission : root.queryPermission;
    if ((await permit.call(root, { mode: 'read' })) !== 'granted') return false;
  }
  return true;
}

async function filesOf(roots: readonly Root[]): Promise<readonly Offered[]> {
  return (await Promise.all(roots.map((root) => filesIn(root).catch(() => [])))).flat();
}
