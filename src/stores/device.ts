import { createStore } from 'zustand/vanilla';
import type { BackendChoice, DeviceReport } from '../engine/protocol.ts';
import type { Failure } from './models.ts';

/** How the browser saves: into a folder the user picks, or its private storage and a download. */
export type SaveWay = 'folder' | 'download';

export type DeviceSettings = {
  readonly choice: BackendChoice;
  /** Bytes the run may hold at once. */
  readonly memoryBudget: number;
  readonly saveWay: SaveWay;
};

export type DeviceState = DeviceSettings & {
  readonly report: DeviceReport | null;
  readonly failure: Failure | null;
  readonly canPickFolder: boolean;
  /** Bytes the browser says are free for this page; a hint, not a promise. Null when unknown. */
  readonly free: number | null;
  choose(choice: BackendChoice): void;
  setMemoryBudget(bytes: number): void;
  setSaveWay(way: SaveWay): void;
  describe(report: DeviceReport): void;
  fail(failure: Failure): void;
  setFree(bytes: number | null): void;
};

export const gib = 2 ** 30;

export const defaultSettings: DeviceSettings = {
  choice: 'auto',
  memoryBudget: gib,
  saveWay: 'download',
};

export function createDeviceStore(
  initial: Partial<DeviceSettings> = {},
  canPickFolder = 'showDirectoryPicker' in globalThis,
) {
  return createStore<DeviceState>()((set) => ({
    ...defaultSettings,
    ...initial,
    report: null,
    failure: null,
    canPickFolder,
    free: null,
    choose: (choice) => set({ choice }),
    setMemoryBudget: (memoryBudget) => set({ memoryBudget }),
    setSaveWay: (saveWay) => set({ saveWay }),
    describe: (report) => set({ report, failure: null }),
    fail: (failure) => set({ failure }),
    setFree: (free) => set({ free }),
  }));
}

export type DeviceStore = ReturnType<typeof createDeviceStore>;

/** The way this browser will really save. */
export const savingOf = (state: Pick<DeviceState, 'saveWay' | 'canPickFolder'>): SaveWay =>
  state.canPickFolder ? state.saveWay : 'download';
