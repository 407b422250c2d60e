import { createStore } from 'zustand/vanilla';
import type { ModelFacts } from '../formats/model-facts.ts';
import type { Difference } from '../views/difference.ts';
import type { Engine } from './engine.ts';
import { lastWins } from './last-wins.ts';
import { atRest, type Looking, lookingWith, outdatedAfter } from './looking.ts';
import type { ModelsState, ModelsStore } from './models.ts';
import type { RecipeStore } from './recipe.ts';

/** Two open models beside each other, with or without a recipe. */
export type DifferenceState = Looking & {
  /** Ids; null while fewer than two are open that hold weights. */
  readonly pair: readonly [string, string] | null;
  readonly found: Difference | null;
  /** Bytes of samples that wait for agreement to be fetched. */
  readonly toFetch: number;
  /** Whose magnitudes are told by themselves. */
  readonly tensor: string | null;
  watch(isSeen: boolean): void;
  choose(pair: readonly [string, string]): void;
  fetch(): void;
  cancel(): void;
  /** Looks again after that, or after a failure. */
  again(): void;
  focusOn(tensor: string | null): void;
};

/** Open models that hold weights, and so can be compared: an adapter holds updates. In the order they came. */
export function comparable(slots: ModelsState['slots']): readonly ModelFacts[] {
  return Object.values(slots).flatMap(({ status }) =>
    status.kind === 'open' && status.model.adapter === null ? [status.model] : [],
  );
}

/** Looks while it is to be seen: at the base and the first expert, unless other two are chosen. */
export function createDifferenceStore(
  engine: Pick<Engine, 'difference'>,
  from: { readonly models: ModelsStore; readonly recipe: RecipeStore },
) {
  let isSeen = false;
  let seen: readonly unknown[] = [];
  let chosen: readonly [string, string] | null = null;
  /** The models whose samples may be fetched. */
  let agreed: unknown = null;
  const nothing = { found: null, toFetch: 0, failure: null, tensor: null };

  const store = createStore<DifferenceState>()((set, get) => ({
    ...atRest,
    ...nothing,
    pair: null,
    watch(wanted) {
      isSeen = wanted;
      if (wanted && get().failure) seen = [];
      if (wanted) look();
    },
    choose(pair) {
      chosen = pair;
      look();
    },
    fetch() {
      agreed = contentOf(get().pair);
      get().again();
    },
    cancel() {
      looking.cancel();
    },
    again() {
      seen = [];
      look();
    },
    focusOn(tensor) {
      set({ tensor });
      look();
    },
  }));

  const contentOf = (pair: DifferenceState['pair']) => {
    const { slots } = from.models.getState();
    return pair && JSON.stringify(pair.map((id) => [id, slots[id]?.fingerprint, slots[id]?.bytes]));
  };

  const pairNow = () => {
    const ids = comparable(from.models.getState().slots).map(({ id }) => id);
    if (chosen?.every((id) => ids.includes(id))) return chosen;
    const { base, experts } = from.recipe.getState().recipe;
    const inOrder = [base?.id, ...experts.map(({ model }) => model.id), ...ids];
    const [first, second] = [...new Set(inOrder)].filter(
      (id) => id !== undefined && ids.includes(id),
    );
    return first !== undefined && second !== undefined ? ([first, second] as const) : null;
  };

  type Question = { readonly pair: readonly [string, string]; readonly tensor: string | null };
  const looking = lookingWith(store.setState);
  const ask = lastWins(
    ({ pair, tensor }: Question, mine) =>
      looking.during(mine, async (listeners) => {
        const mayFetch = agreed === contentOf(pair);
        const answer = await engine.difference(pair, tensor, mayFetch, listeners);
        if (String(store.getState().pair) !== String(pair)) return;
        const waits = 'toFetch' in answer;
        store.setState({
          found: waits ? null : answer,
          toFetch: waits ? answer.toFetch : 0,
          failure: null,
        });
      }),
    outdatedAfter,
  );

  const look = () => {
    if (!isSeen) return;
    const pair = pairNow();
    const before = store.getState().pair;
    const isOther = String(before) !== String(pair);
    if (isOther) store.setState({ ...nothing, pair });
    const { tensor } = store.getState();
    const key = [contentOf(pair), tensor];
    if (pair === null || key.every((part, i) => part === seen[i])) return;
    seen = key;
    ask({ pair, tensor });
  };
  from.models.subscribe(look);
  from.recipe.subscribe(look);
  return store;
}

export type DifferenceStore = ReturnType<typeof createDifferenceStore>;
