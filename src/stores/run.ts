import { createStore } from 'zustand/vanilla';
import type {
  FinishedMerge,
  MosaicCounts,
  MosaicRow,
  Progress,
  RunResult,
  UnfinishedMerge,
} from '../engine/protocol.ts';
import type { Share } from '../plan/types.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Failure } from './models.ts';
import type { NotedFolder } from './noted-folders.ts';

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
  /** The picture of the run's tensors and how far it has come; both stay when the run is done. */
  readonly rows: readonly MosaicRow[];
  readonly cells: MosaicCounts | null;
  /** How much of it is merged, in elements. */
  readonly share: Share | null;
  readonly result: RunResult | null;
  readonly saved: Saved | null;
  readonly failure: Failure | null;
  /** Runs that ended without an end: the tab was closed or crashed. */
  readonly leftovers: readonly UnfinishedMerge[];
  /** Picked folders in which a merge came to no end. */
  readonly leftFolders: readonly NotedFolder[];
  /** Finished merges in private storage, of this visit and earlier ones. */
  readonly kept: readonly FinishedMerge[];
  start(name: string, saved: Saved, recipe: Recipe): void;
  weigh(share: Share): void;
  lay(rows: readonly MosaicRow[]): void;
  advance(progress: Progress): void;
  finish(result: RunResult): void;
  fail(failure: Failure): void;
  beginCancel(): void;
  cancel(): void;
  reset(): void;
  setLeftovers(leftovers: readonly UnfinishedMerge[]): void;
  setLeftFolders(leftFolders: readonly NotedFolder[]): void;
  setKept(kept: readonly FinishedMerge[]): void;
};

/** What a run leaves behind that the next one, or none, does not show. */
const blank = {
  progress: null,
  rows: [],
  cells: null,
  share: null,
  result: null,
  failure: null,
} as const;

export function createRunStore() {
  return createStore<RunState>()((set) => ({
    phase: 'idle',
    name: '',
    recipe: null,
    ...blank,
    saved: null,
    leftovers: [],
    leftFolders: [],
    kept: [],
    start: (name, saved, recipe) => set({ ...blank, phase: 'running', name, saved, recipe }),
    weigh: (share) => set({ share }),
    lay: (rows) => set({ rows }),
    advance: (progress) => set({ progress, cells: progress.cells }),
    finish: (result) => set({ phase: 'done', result, progress: null }),
    fail: (failure) => set({ phase: 'failed', failure, progress: null }),
    beginCancel: () => set(({ phase }) => (phase === 'running' ? { phase: 'cancelling' } : {})),
    cancel: () => set({ phase: 'cancelled', progress: null }),
    reset: () => set({ ...blank, phase: 'idle' }),
    setLeftovers: (leftovers) => set({ leftovers }),
    setLeftFolders: (leftFolders) => set({ leftFolders }),
    setKept: (kept) => set({ kept }),
  }));
}

export type RunStore = ReturnType<typeof createRunStore>;

export const isBusy = ({ phase }: Pick<RunState, 'phase'>): boolean =>
  phase === 'running' || phase === 'cancelling';
