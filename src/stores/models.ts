import { createStore } from 'zustand/vanilla';
import type { ModelFacts } from '../formats/model-facts.ts';
import type { HubPin, ModelRef, Recipe } from '../recipe/recipe.ts';
import type { Family } from './family.ts';

/** Why something could not be read, in words for the user. */
export type Failure = {
  readonly tag: string;
  readonly message: string;
  readonly advice: string | null;
  /** A page where something can be done about it. */
  readonly link?: string;
};

/** A model that is being opened, is open, or could not be. Its handles live in the engine. */
export type Slot = {
  readonly id: string;
  readonly name: string;
  readonly origin: ModelRef['origin'];
  readonly hub?: HubPin;
  readonly fingerprint?: string;
  /** Of an open model: equal where another visit's was the same (`contents.ts`). */
  readonly contents?: string;
  /** Bytes of all weight files. */
  readonly bytes: number;
  readonly summary: string | null;
  readonly status:
    | { readonly kind: 'opening' }
    | { readonly kind: 'open'; readonly model: ModelFacts }
    | { readonly kind: 'failed'; readonly failure: Failure };
};

/** A file the user offered that is no model, and what to do about it. */
export type Refusal = {
  readonly name: string;
  /** The kind of what was found, where it is one of the formats'. */
  readonly tag?: string;
  readonly reason: string;
  readonly advice: string;
};

export type DemoState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly family: Family }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type ModelsState = {
  readonly slots: Readonly<Record<string, Slot>>;
  readonly demo: DemoState;
  readonly refused: readonly Refusal[];
  /** Ids of models whose place on this computer the browser remembers. */
  readonly remembered: readonly string[];
  begin(slot: Omit<Slot, 'status'>): void;
  admit(id: string, model: ModelFacts, contents: string): void;
  fail(id: string, failure: Failure): void;
  forget(id: string): void;
  setDemo(demo: DemoState): void;
  refuse(refused: readonly Refusal[]): void;
  setRemembered(remembered: readonly string[]): void;
};

export function createModelsStore() {
  return createStore<ModelsState>()((set) => {
    const change = (id: string, status: Slot['status'], more: Partial<Slot> = {}) =>
      set(({ slots }) =>
        slots[id] ? { slots: { ...slots, [id]: { ...slots[id], ...more, status } } } : {},
      );
    return {
      slots: {},
      demo: { kind: 'idle' },
      refused: [],
      remembered: [],
      begin: (slot) =>
        set(({ slots }) => ({
          slots: { ...slots, [slot.id]: { ...slot, status: { kind: 'opening' } } },
        })),
      admit: (id, model, contents) =>
        change(id, { kind: 'open', model }, { contents, bytes: weightBytes(model) }),
      fail: (id, failure) => change(id, { kind: 'failed', failure }),
      forget: (id) =>
        set(({ slots }) => {
          const { [id]: _, ...rest } = slots;
          return { slots: rest };
        }),
      setDemo: (demo) => set({ demo }),
      refuse: (refused) => set({ refused }),
      setRemembered: (remembered) => set({ remembered }),
    };
  });
}

export type ModelsStore = ReturnType<typeof createModelsStore>;

export function weightBytes(model: Pick<ModelFacts, 'files'>): number {
  return model.files.reduce((sum, file) => sum + file.size, 0);
}

/** The adapters among the experts, in their order, with the largest rank of each. */
export function openAdapters(slots: ModelsState['slots'], { experts }: Recipe) {
  return experts.flatMap(({ model: ref }) => {
    const adapter = openModel(slots, ref.id)?.adapter;
    return adapter ? [{ ref, rank: adapter.ranks?.[1] ?? null }] : [];
  });
}

/** What a recipe calls the models that are open. Results of a series are no models for others. */
export function openRefs(slots: ModelsState['slots']): readonly ModelRef[] {
  return Object.values(slots).flatMap(({ id, name, origin, bytes, hub, fingerprint, status }) =>
    status.kind === 'open' && origin !== 'result'
      ? [{ id, name, origin, bytes, ...(hub && { hub }), ...(fingerprint && { fingerprint }) }]
      : [],
  );
}

/** The open model of an id, or null while it is opening, failed or absent. */
export function openModel(slots: ModelsState['slots'], id: string): ModelFacts | null {
  const status = slots[id]?.status;
  return status?.kind === 'open' ? status.model : null;
}
