import { createStore } from 'zustand/vanilla';
import type { Sheet } from '../evaluate/tasks/read/sheet.ts';
import type { Failure } from './models.ts';

/** Why a file is no task. */
export type RefusedFile = {
  readonly failure: Failure;
};

export type TaskFilesState = {
  readonly refused: readonly RefusedFile[];
  /** Files of tasks that can be read again as something else, by the id of the task. */
  readonly sheets: Readonly<Record<string, Sheet>>;
  refuse(failure: Failure): void;
  clearRefused(): void;
  remember(task: string, sheet: Sheet): void;
};

/** Files of a person's own tasks, on their way to be tasks. */
export function createTaskFilesStore() {
  return createStore<TaskFilesState>()((set) => ({
    refused: [],
    sheets: {},
    refuse: (failure) => set(({ refused }) => ({ refused: [...refused, { failure }] })),
    clearRefused: () => set({ refused: [] }),
    remember: (task, sheet) => set(({ sheets }) => ({ sheets: { ...sheets, [task]: sheet } })),
  }));
}

export type TaskFilesStore = ReturnType<typeof createTaskFilesStore>;
