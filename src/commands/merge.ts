import type { Destination } from '../engine/protocol.ts';
import { hashRecipe } from '../recipe/hash.ts';
import { savingOf } from '../stores/device.ts';
import { planNow, planOf } from '../stores/planning.ts';
import { isBusy, type Saved } from '../stores/run.ts';
import { failureOf, type Session } from '../stores/session.ts';
import { forget, remember } from '../stores/storage.ts';
import type { Command } from './command.ts';
import { freeFolder } from './free-folder.ts';
import { listKept, measureFree } from './kept.ts';

/** Aborts the run in progress; one at a time. */
let current: AbortController | null = null;

export const abortRun = (): void => current?.abort();

/** Set while a run is under way, so that a closed tab is noticed on return. */
export const runMark = 'amalgam.running';
/** Held while a run is under way: another tab's run is no leftover. */
export const runLock = 'amalgam-run';

export const merge: Command = {
  id: 'merge',
  label: 'Merge',
  shortcut: 'Mod+Enter',
  enabled: (session) => !isBusy(session.run.getState()) && canPlan(session),
  run: runMerge,
};

function canPlan({ recipe, models }: Session): boolean {
  return planOf(planNow(recipe.getState().recipe, models.getState().slots, '', '')) !== null;
}

async function runMerge(session: Session): Promise<void> {
  const { engine, run, view, device } = session;
  const { recipe } = session.recipe.getState();
  const { slots } = session.models.getState();
  const chosen = await chooseDestination(session, recipe.output.name);
  if (!chosen) return;
  const { destination, saved, clean } = chosen;

  current = new AbortController();
  const { signal } = current;
  run.getState().start(recipe.output.name, saved, recipe);
  view.getState().showTab('result');
  const release = await holdOn(recipe.output.name);
  try {
    const { choice, memoryBudget, report } = device.getState();
    const hash = await hashRecipe(recipe);
    const plan = planOf(planNow(recipe, slots, report?.label ?? 'unknown', hash));
    if (!plan) throw new Error('The recipe has errors; see Checks.');
    const result = await engine.run(
      plan,
      destination,
      { backend: choice, memoryBudget },
      {
        signal,
        onProgress: (progress) => run.getState().advance(progress),
        onMosaic: (rows) => run.getState().lay(rows),
      },
    );
    run.getState().finish(result);
  } catch (error) {
    await clean();
    if (signal.aborted) run.getState().cancel();
    else run.getState().fail(failureOf(error));
  } finally {
    current = null;
    release();
    void listKept(session);
    void measureFree(session);
  }
}

type Chosen = {
  readonly destination: Destination;
  readonly saved: Saved;
  /** Takes away a folder made for a run that failed; never one with files in it. */
  readonly clean: () => Promise<void>;
};

/** Null when the user closes the folder picker. */
async function chooseDestination(session: Session, name: string): Promise<Chosen | null> {
  if (savingOf(session.device.getState()) === 'folder') {
    try {
      const parent = await window.showDirectoryPicker({ id: 'amalgam-output', mode: 'readwrite' });
      const handle = await freeFolder(parent, name);
      return {
        destination: { kind: 'directory', handle },
        saved: { kind: 'directory', name: `${parent.name}/${handle.name}`, handle },
        clean: () => parent.removeEntry(handle.name).catch(() => {}),
      };
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return null;
      session.run.getState().fail(failureOf(error));
      return null;
    }
  }
  return {
    destination: { kind: 'opfs', folder: name },
    saved: { kind: 'opfs', folder: name },
    clean: async () => {},
  };
}

/** Keeps the screen awake, warns before the tab closes, and marks the run. Returns how to let go. */
async function holdOn(name: string): Promise<() => void> {
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  addEventListener('beforeunload', warn);
  remember(runMark, { name });
  const sentinel = await navigator.wakeLock?.request('screen').catch(() => null);
  let letGo = () => {};
  void navigator.locks?.request(
    runLock,
    { mode: 'shared' },
    () =>
      new Promise<void>((resolve) => {
        letGo = resolve;
      }),
  );
  return () => {
    removeEventListener('beforeunload', warn);
    forget(runMark);
    void sentinel?.release();
    letGo();
  };
}
