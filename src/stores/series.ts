import { createStore } from 'zustand/vanilla';
import type { Step } from '../recipe/mergekit/series.ts';
import type { ModelRef } from '../recipe/recipe.ts';

/** `made`: merged in this visit; `found`: the same merge was in private storage. */
export type StepState = 'waiting' | 'under way' | 'made' | 'found';

export type SeriesState = {
  /** Several recipes of mergekit, one taking the results of others; null while there are none. */
  readonly text: string | null;
  /** In the order in which they are merged. */
  readonly steps: readonly Step[];
  readonly states: readonly StepState[];
  /** Whose recipe is in place. */
  readonly at: number;
  /** Results that are open, by the names of their steps. */
  readonly results: ReadonlyMap<string, ModelRef>;
  /** What the last result is called, where its recipe has no name. */
  readonly name: string;
  take(text: string, steps: readonly Step[], name: string): void;
  show(at: number): void;
  mark(step: number, state: StepState): void;
  keep(name: string, result: ModelRef): void;
  leave(): void;
};

const none = {
  ...{ text: null, steps: [], states: [], at: 0, name: '' },
  results: new Map<string, ModelRef>(),
};

export function createSeriesStore() {
  return createStore<SeriesState>()((set) => ({
    ...none,
    take: (text, steps, name) =>
      set({ ...none, text, steps, name, states: steps.map((): StepState => 'waiting') }),
    show: (at) => set({ at }),
    mark: (step, state) =>
      set(({ states }) => ({ states: states.map((one, k) => (k === step ? state : one)) })),
    keep: (name, result) =>
      set(({ results }) => ({ results: new Map([...results, [name, result]]) })),
    leave: () => set(none),
  }));
}

export type SeriesStore = ReturnType<typeof createSeriesStore>;
