import type { Destination } from '../engine/protocol.ts';
import type { Outlook } from '../plan/outlook.ts';
import type { Finding } from '../plan/types.ts';
import { hashRecipe } from '../recipe/hash.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { inStore } from '../stores/database.ts';
import { savingOf } from '../stores/device.ts';
import { hasLineages } from '../stores/lineages.ts';
import { orderOf, outlookOf } from '../stores/planning.ts';
import { roomFindings } from '../stores/room.ts';
import { isBusy, type Saved } from '../stores/run.ts';
import { failureOf, type Session } from '../stores/session.ts';
import type { Command } from './command.ts';
import { freeFolder } from './free-folder.ts';
import { measureCache } from './hub/cache.ts';
import { listKept, listLeftovers, measureFree } from './kept.ts';
import { holdFolder, lookForLeftFolders, removeEmpty } from './left-folders.ts';

/** Aborts the run in progress; one at a time. */
let current: AbortController | null = null;

export const abortRun = (): void => current?.abort();

export const merge: Command = {
  id: 'merge',
  label: 'Merge',
  shortcut: 'Mod+Enter',
  enabled: ({ run, planning }) =>
    !isBusy(run.getState()) && outlookOf(planning.getState().prospect) !== null,
  run: runMerge,
};

async function runMerge(session: Session): Promise<void> {
  await oneAtATime(async (signal) => {
    const { recipe } = session.recipe.getState();
    session.series.getState().stop(null); // where one came no further is history now
    const chosen = await chooseDestination(session, recipe.output.name);
    if (chosen) await mergeInto(session, recipe, chosen, signal);
  });
}

/** Does nothing while a merge is under way, such as when pressed twice. */
export async function oneAtATime(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  if (current) return;
  current = new AbortController();
  try {
    await work(current.signal);
  } finally {
    current = null;
  }
}

/** True when it came to its end. */
export async function mergeInto(
  session: Session,
  recipe: Recipe,
  { name, destination, saved, clean, end }: Chosen,
  signal: AbortSignal,
): Promise<boolean> {
  const { engine, run, view, device } = session;
  run.getState().start(name, saved, recipe);
  view.getState().showTab('result');
  const release = await holdOn();
  try {
    const { choice, memoryBudget, report } = device.getState();
    const hash = await hashRecipe(recipe);
    const order = orderOf(recipe, report?.kind ?? 'cpu', hash);
    const outlook = outlookOf(await engine.plan(order));
    if (!outlook) throw new Error('The recipe has errors; see Checks.');
    run.getState().weigh(outlook.share);
    await Promise.all([measureFree(session), measureCache(session)]); // as it is now
    const short = roomOf(session, outlook).find(({ severity }) => severity === 'error');
    if (short) {
      throw Object.assign(new Error(short.message), {
        ...{ tag: 'quota', context: { advice: short.advice } },
      });
    }
    const result = await engine.run(
      order,
      destination,
      { backend: choice, memoryBudget, ...(await resultsOf(session, recipe)) },
      {
        signal,
        onProgress: (progress) => run.getState().advance(progress),
        onMosaic: (rows) => run.getState().lay(rows),
      },
    );
    await end();
    run.getState().finish(result);
    return true;
  } catch (error) {
    if (signal.aborted) {
      run.getState().cancel();
      void clean(); // once the engine has ended the run
    } else {
      await clean();
      run.getState().fail(failureOf(error));
    }
    return false;
  } finally {
    release();
    void listKept(session);
    void listLeftovers(session);
    void measureFree(session);
  }
}

function roomOf({ device, hub, run }: Session, outlook: Outlook): readonly Finding[] {
  return roomFindings(outlook, device.getState(), hub.getState(), run.getState());
}

export type Chosen = {
  /** The output's, or the next like it that nothing has there. */
  readonly name: string;
  readonly destination: Destination;
  readonly saved: Saved;
  /** Takes away what is left of a run that failed; never a finished merge. */
  readonly clean: () => Promise<void>;
  /** After a run that came to its end. */
  readonly end: () => Promise<void>;
};

/** Null when the user closes the folder picker, or where it fails; then `fail` is told, usually the run's. */
export async function chooseDestination(
  session: Session,
  name: string,
  fail = (error: unknown) => session.run.getState().fail(failureOf(error)),
): Promise<Chosen | null> {
  if (savingOf(session.device.getState()) === 'folder') {
    try {
      const parent = await window.showDirectoryPicker({ id: 'amalgam-output', mode: 'readwrite' });
      void lookForLeftFolders(session, parent);
      const handle = await freeFolder(parent, name);
      const end = await holdFolder(parent, handle.name);
      return {
        name: handle.name,
        destination: { kind: 'directory', handle },
        saved: { kind: 'directory', name: `${parent.name}/${handle.name}`, handle },
        clean: async () => {
          try {
            await session.engine.discard({ kind: 'directory', handle });
            await removeEmpty(parent, handle);
          } catch {
            return; // it stays noted, and is told on return
          }
          await end();
        },
        end,
      };
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return null;
      fail(error);
      return null;
    }
  }
  return choosePrivate(session, name, fail);
}

/** A free name in private storage. */
export async function choosePrivate(
  session: Session,
  name: string,
  fail = (error: unknown) => session.run.getState().fail(failureOf(error)),
): Promise<Chosen | null> {
  try {
    const folder = await session.engine.freeName(name);
    // A finished merge stays there until it is removed: the browser must not do so when it wants room.
    void navigator.storage?.persist?.().catch(() => false);
    const place = { kind: 'opfs', folder } as const;
    const clean = () =>
      session.engine
        .discard(place)
        .catch(() => session.engine.discard(place)) // by a new engine, where the old one had to be ended
        .catch(() => {});
    return { name: folder, destination: place, saved: place, clean, end: async () => {} };
  } catch (error) {
    fail(error);
    return null;
  }
}

/** Keeps the screen awake and warns before the tab closes. Returns how to let go. */
export async function holdOn(): Promise<() => void> {
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  addEventListener('beforeunload', warn);
  const sentinel = await navigator.wakeLock?.request('screen').catch(() => null);
  return () => {
    removeEventListener('beforeunload', warn);
    void sentinel?.release();
  };
}

/** What is known of the merge beside its plan: loaded only where something was scored or searched, and no reason to fail. */
async function resultsOf(session: Session, recipe: Recipe) {
  const { known } = session.scores.getState();
  if (known.size === 0 && !hasLineages() && !(await hasKeptScores())) return {};
  try {
    const { resultsFor } = await import('./results.ts');
    return await resultsFor(session, recipe);
  } catch {
    return {};
  }
}

/** Of earlier visits. */
const hasKeptScores = () =>
  inStore('scores', 'readonly', (store) => store.count()).then(
    (count) => count > 0,
    () => false,
  );
