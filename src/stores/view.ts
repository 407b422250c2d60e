import { createStore } from 'zustand/vanilla';

export const tabs = [
  'method',
  'conflicts',
  'evaluate',
  'checks',
  'plan',
  'tensors',
  'result',
] as const;
export type Tab = (typeof tabs)[number];

/** The regions a narrow screen shows one at a time; the run bar is always there. */
export const panes = ['recipe', 'view', 'settings'] as const;
export type Pane = (typeof panes)[number];

/** What the tab Conflicts can be asked to show. */
export const looks = ['conflicts', 'changes', 'survival', 'curves', 'compare'] as const;
export type Look = (typeof looks)[number];

/** What cells of the conflicts can be coloured by. */
export const colours = [
  'cancellation',
  'conflict',
  'margin',
  'overruled',
  'elections',
  'norm',
] as const;
export type Colour = (typeof colours)[number];

/** Tiles show the share of their mass that cancels, or that of their worst element: a mean hides rare fights. */
export const poolings = ['mean', 'most'] as const;
export type Pooling = (typeof poolings)[number];

export type Theme = 'system' | 'light' | 'dark';
export type DialogName =
  | 'shortcuts'
  | 'suggest'
  | 'share'
  | 'peft-call'
  | 'mergekit'
  | 'hub'
  | 'publish'
  | 'gguf'
  | 'task-columns'
  | 'dataset';

export type ViewSettings = {
  readonly theme: Theme;
  /** WCAG 2.1.4: shortcuts of a single key can be switched off. */
  readonly singleKeys: boolean;
};

export type Notice = { readonly id: number; readonly text: string; readonly undo: boolean };

export type ViewState = ViewSettings & {
  readonly tab: Tab;
  readonly look: Look;
  readonly colour: Colour;
  readonly pooling: Pooling;
  readonly pane: Pane;
  readonly dialog: DialogName | null;
  /** What the dialog mergekit begins with: a recipe that was dropped. */
  readonly offeredText: string | null;
  readonly notice: Notice | null;
  /** Filter of the tensor table. */
  readonly tensorFilter: string;
  showTab(tab: Tab): void;
  /** Another way to look inside the tab Conflicts, its colours, its tiles. */
  lookAt(change: Partial<Pick<ViewState, 'look' | 'colour' | 'pooling'>>): void;
  showPane(pane: Pane): void;
  setTheme(theme: Theme): void;
  setSingleKeys(on: boolean): void;
  open(dialog: DialogName): void;
  /** Shows a recipe of mergekit before it is taken on. */
  offer(text: string): void;
  close(): void;
  tell(text: string, undo?: boolean): void;
  hush(): void;
  filterTensors(text: string): void;
};

export const defaultView: ViewSettings = { theme: 'system', singleKeys: true };

export function createViewStore(initial: Partial<ViewSettings> = {}) {
  return createStore<ViewState>()((set) => ({
    ...defaultView,
    ...initial,
    tab: tabs[0],
    look: looks[0],
    colour: colours[0],
    pooling: poolings[0],
    pane: 'recipe',
    dialog: null,
    offeredText: null,
    notice: null,
    tensorFilter: '',
    showTab: (tab) => set({ tab, pane: 'view' }),
    lookAt: (change) => set(change),
    showPane: (pane) => set({ pane }),
    setTheme: (theme) => set({ theme }),
    setSingleKeys: (singleKeys) => set({ singleKeys }),
    open: (dialog) => set({ dialog, offeredText: null }),
    offer: (offeredText) => set({ dialog: 'mergekit', offeredText }),
    close: () => set({ dialog: null, offeredText: null }),
    tell: (text, undo = false) =>
      set(({ notice }) => ({ notice: { id: (notice?.id ?? 0) + 1, text, undo } })),
    hush: () => set({ notice: null }),
    filterTensors: (tensorFilter) => set({ tensorFilter }),
  }));
}

export type ViewStore = ReturnType<typeof createViewStore>;
