import { createStore } from 'zustand/vanilla';

export const tabs = ['method', 'conflicts', 'checks', 'plan', 'tensors', 'result'] as const;
export type Tab = (typeof tabs)[number];

/** The regions a narrow screen shows one at a time; the run bar is always there. */
export const panes = ['recipe', 'view', 'settings'] as const;
export type Pane = (typeof panes)[number];

export type Theme = 'system' | 'light' | 'dark';
export type DialogName = 'shortcuts' | 'suggest' | 'share' | 'peft-call' | 'hub' | 'publish';

export type ViewSettings = {
  readonly theme: Theme;
  /** WCAG 2.1.4: shortcuts of a single key can be switched off. */
  readonly singleKeys: boolean;
};

export type Notice = { readonly id: number; readonly text: string; readonly undo: boolean };

export type ViewState = ViewSettings & {
  readonly tab: Tab;
  readonly pane: Pane;
  readonly dialog: DialogName | null;
  readonly notice: Notice | null;
  /** Filter of the tensor table. */
  readonly tensorFilter: string;
  showTab(tab: Tab): void;
  showPane(pane: Pane): void;
  setTheme(theme: Theme): void;
  setSingleKeys(on: boolean): void;
  open(dialog: DialogName): void;
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
    tab: 'method',
    pane: 'recipe',
    dialog: null,
    notice: null,
    tensorFilter: '',
    showTab: (tab) => set({ tab, pane: 'view' }),
    showPane: (pane) => set({ pane }),
    setTheme: (theme) => set({ theme }),
    setSingleKeys: (singleKeys) => set({ singleKeys }),
    open: (dialog) => set({ dialog }),
    close: () => set({ dialog: null }),
    tell: (text, undo = false) =>
      set(({ notice }) => ({ notice: { id: (notice?.id ?? 0) + 1, text, undo } })),
    hush: () => set({ notice: null }),
    filterTensors: (tensorFilter) => set({ tensorFilter }),
  }));
}

export type ViewStore = ReturnType<typeof createViewStore>;
