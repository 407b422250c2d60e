import { createStore } from 'zustand/vanilla';
import type { LookListeners } from '../engine/client.ts';
import type { PlanOrder } from '../engine/protocol.ts';
import type { ToFetch } from '../views/close.ts';
import { type ConflictsStore, type LookedAt, orderToSee } from './conflicts.ts';
import { lastWins } from './last-wins.ts';
import { atRest, type Looking, lookingWith, outdatedAfter } from './looking.ts';
import { outlookOf } from './planning.ts';

/** One way to look at the recipe, from the samples that were read for its conflicts. */
export type LookState<T> = Looking & {
  /** Null before the first look; `none` where nothing is known to have changed, for want of a base. */
  readonly found: T | 'none' | null;
  /** Bytes of samples that are to be fetched first. */
  readonly toFetch: number;
  watch(isSeen: boolean): void;
  cancel(): void;
  /** Looks again after that, or after a failure. */
  again(): void;
};

export type LookedFrom = LookedAt & { readonly conflicts: ConflictsStore };

/**
 * Looks while it is to be seen, and again when what `dependsOn` names has changed: of the tensor in focus, if that
 * matters.
 */
export function createLookStore<T extends object>(
  look: (
    order: PlanOrder,
    tensor: string | null,
    listeners: LookListeners,
  ) => Promise<T | ToFetch | null>,
  dependsOn: (order: PlanOrder, tensor: string | null) => string,
  from: LookedFrom,
) {
  let isSeen = false;
  let seen: readonly unknown[] = [];
  const store = createStore<LookState<T>>()((_, get) => ({
    found: null,
    toFetch: 0,
    ...atRest,
    watch(wanted) {
      isSeen = wanted;
      if (wanted && get().failure) seen = [];
      if (wanted) lookAgain();
    },
    cancel() {
      looking.cancel();
    },
    again() {
      seen = [];
      lookAgain();
    },
  }));
  type Question = { readonly order: PlanOrder; readonly tensor: string | null };
  const looking = lookingWith(store.setState);
  const ask = lastWins(
    ({ order, tensor }: Question, mine) =>
      looking.during(mine, async (listeners) => {
        const found = await look(order, tensor, listeners);
        const waits = found !== null && 'toFetch' in found;
        store.setState({
          found: waits ? null : (found ?? 'none'),
          toFetch: waits ? found.toFetch : 0,
          failure: null,
        });
      }),
    outdatedAfter,
  );
  const lookAgain = () => {
    if (!isSeen) return;
    if (outlookOf(from.planning.getState().prospect) === null) {
      seen = [];
      store.setState({ found: null });
      return;
    }
    const order = orderToSee(from);
    const { focus, toFetch, map } = from.conflicts.getState();
    const { slots } = from.models.getState();
    // Once the samples were fetched for the conflicts, they are there.
    const key = [dependsOn(order, focus.tensor), slots, toFetch.map, map !== null];
    if (key.every((part, i) => part === seen[i])) return;
    seen = key;
    ask({ order, tensor: focus.tensor });
  };
  for (const { subscribe } of [from.recipe, from.models, from.planning, from.conflicts]) {
    subscribe(lookAgain);
  }
  return store;
}
