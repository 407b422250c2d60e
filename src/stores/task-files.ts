import { createStore } from 'zustand/vanilla';
import type { Naming } from '../evaluate/tasks/naming.ts';
import type { Sheet } from '../evaluate/tasks/read/sheet.ts';
import type { HubDataset, RepoFile } from '../hub/repo.ts';
import type { Failure } from './models.ts';

/** A file whose columns are to be named. */
export type Unnamed = {
  readonly sheet: Sheet;
  /** What the naming begins with; empty for what is recognised. */
  readonly naming: Naming;
  /** The task whose place the new one takes. */
  readonly replaces: string | null;
};

/** Why a file is no task. */
export type RefusedFile = {
  readonly failure: Failure;
  /** Where naming its columns may help. */
  readonly sheet: Sheet | null;
};

/** A data set on the Hub that is looked at, by what a person typed. */
export type LookedDataset = { readonly asked: string } & (
  | { readonly kind: 'opening' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'open';
      readonly info: HubDataset;
      /** Those that may hold rows. */
      readonly files: readonly RepoFile[];
      /** Paths with this in them are shown. */
      readonly filter: string;
      /** The path of a file that is being opened, and why the last one could not be. */
      readonly reading: string | null;
      readonly failure: Failure | null;
    }
);

export type TaskFilesState = {
  readonly refused: readonly RefusedFile[];
  /** One after the other; the first is shown. */
  readonly unnamed: readonly Unnamed[];
  /** Files of tasks that can be read again as something else, by the id of the task. */
  readonly sheets: Readonly<Record<string, Sheet>>;
  readonly dataset: LookedDataset | null;
  /** Files that are being read. */
  readonly reading: number;
  refuse(failure: Failure, sheet?: Sheet | null): void;
  clearRefused(): void;
  ask(unnamed: Unnamed): void;
  /** The first is done with: it is a task, or was passed over. */
  answered(): void;
  remember(task: string, sheet: Sheet): void;
  setReading(by: 1 | -1): void;
};

/** Files of a person's own tasks, on their way to be tasks. */
export function createTaskFilesStore() {
  return createStore<TaskFilesState>()((set) => ({
    refused: [],
    unnamed: [],
    sheets: {},
    dataset: null,
    reading: 0,
    refuse: (failure, sheet = null) =>
      set(({ refused }) => ({ refused: [...refused, { failure, sheet }] })),
    clearRefused: () => set({ refused: [] }),
    ask: (each) => set(({ unnamed }) => ({ unnamed: [...unnamed, each] })),
    answered: () => set(({ unnamed }) => ({ unnamed: unnamed.slice(1) })),
    remember: (task, sheet) => set(({ sheets }) => ({ sheets: { ...sheets, [task]: sheet } })),
    setReading: (by) => set(({ reading }) => ({ reading: reading + by })),
  }));
}

export type TaskFilesStore = ReturnType<typeof createTaskFilesStore>;
