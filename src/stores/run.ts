import { createStore } from 'zustand/vanilla';
import type { Progress, RunResult, TensorReport } from '../engine/protocol.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Failure } from './models.ts';

/** Where the files of a finished run are. */
export type Saved =
  | {
      readonly kind: 'directory';
      readonly name: string;
      readonly handle: FileSystemDirectoryHandle;
    }
  | { readonly kind: 'opfs'; readonly folder: string };

export type RunState = {
  readonly phase: 'idle' | 'running' | 'cancelling' | 'done' | 'failed' | 'cancelled';
  readonly name: string;
  /** What it merges, as it stood when it began. */
  readonly recipe: Recipe | null;
  readonly progress: Progress | null;
  /** The latest tensors, newest first; the whole list comes with the result. */
  readonly log: readonly TensorReport[];
  readonly result: RunResult | null;
  readonly saved: Saved | null;
  readonly failure: Failure | null;
  /** Names of runs that ended without an end: the tab was closed or crashed. */
  readonly leftovers: readonly string[];
  /** Finished merges in private storage, of this visit and earlier ones. */
  readonly kept: readonly string[];
  start(name: string, saved: Saved, recipe: Recipe): void;
  advance(progress: Progress): void;
  report(tensor: TensorReport): void;
  finish(result: RunResult): void;
  fail(failure: Failure): void;
  beginCancel(): void;
  cancel(): void;
  reset(): void;
  setLeftovers(leftovers: readonly string[]): void;
  setKept(kept: readonly string[]): void;
};

/** Long enough to read what just happened, short enough to copy on every event. */
const logLength = 60;

export function createRunStore() {
  return createStore<RunState>()((set) => ({
    phase: 'idle',
    name: '',
    recipe: null,
    progress: null,
    log: [],
    result: null,
    saved: null,
    failure: null,
    leftovers: [],
    kept: [],
    start: (name, saved, recipe) =>
      set({
        phase: 'running',
        name,
        saved,
        recipe,
        progress: null,
        log: [],
        result: null,
        failure: null,
      }),
    advance: (progress) => set({ progress }),
    report: (tensor) => set(({ log }) => ({ log: [tensor, ...log].slice(0, logLength) })),
    finish: (result) => set({ phase: 'done', result, progress: null }),
    fail: (failure) => set({ phase: 'failed', failure, progress: null }),
    beginCancel: () => set(({ phase }) => (phase === 'running' ? { phase: 'cancelling' } : {})),
    cancel: () => set({ phase: 'cancelled', progress: null }),
    reset: () => set({ phase: 'idle', progress: null, log: [], result: null, failure: null }),
    setLeftovers: (leftovers) => set({ leftovers }),
    setKept: (kept) => set({ kept }),
  }));
}

export type RunStore = ReturnType<typeof createRunStore>;

export const isBusy = ({ phase }: Pick<RunState, 'phase'>): boolean =>
  phase === 'running' || phase === 'cancelling';
