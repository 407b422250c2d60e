import { createStore } from 'zustand/vanilla';
import type { PlanOrder } from '../engine/protocol.ts';
import type { Changes } from '../views/changes.ts';
import { type ConflictsStore, orderToSee } from './conflicts.ts';
import type { DeviceStore } from './device.ts';
import type { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import { lastWins } from './last-wins.ts';
import type { Failure, ModelsStore } from './models.ts';
import { outlookOf, type PlanningStore } from './planning.ts';
import type { RecipeStore } from './recipe.ts';

export type ChangesState = {
  /** Null before the first look; `none` where nothing is known to have changed, for want of a base. */
  readonly changes: Changes | 'none' | null;
  /** Bytes of samples that are to be fetched first. */
  readonly toFetch: number;
  readonly isLooking: boolean;
  readonly failure: Failure | null;
  watch(isSeen: boolean): void;
};

/** Looks at the task vectors while they are to be seen, of the model and of the tensor in focus. */
export function createChangesStore(
  engine: Pick<Engine, 'changes'>,
  from: {
    readonly recipe: RecipeStore;
    readonly models: ModelsStore;
    readonly device: DeviceStore;
    readonly planning: PlanningStore;
    readonly conflicts: ConflictsStore;
  },
) {
  let isSeen = false;
  let seen: readonly unknown[] = [];
  const store = createStore<ChangesState>()(() => ({
    changes: null,
    toFetch: 0,
    isLooking: false,
    failure: null,
    watch(wanted) {
      isSeen = wanted;
      if (wanted) look();
    },
  }));
  type Question = { readonly order: PlanOrder; readonly tensor: string | null };
  const ask = lastWins(async ({ order, tensor }: Question) => {
    store.setState({ isLooking: true });
    try {
      const found = await engine.changes(order, tensor);
      const waits = found !== null && 'toFetch' in found;
      store.setState({
        changes: waits ? null : (found ?? 'none'),
        toFetch: waits ? found.toFetch : 0,
        failure: null,
      });
    } catch (error) {
      seen = [];
      store.setState({ failure: failureOf(error) });
    }
    store.setState({ isLooking: false });
  });
  const look = () => {
    if (!isSeen) return;
    if (outlookOf(from.planning.getState().prospect) === null) {
      seen = [];
      store.setState({ changes: null });
      return;
    }
    const order = orderToSee(from);
    const { focus, toFetch } = from.conflicts.getState();
    const { slots } = from.models.getState();
    // Once the samples were fetched for the conflicts, they are there.
    const key = [unweighed(order), slots, focus.tensor, toFetch.map];
    if (key.every((part, i) => part === seen[i])) return;
    seen = key;
    ask({ order, tensor: focus.tensor });
  };
  for (const { subscribe } of [from.recipe, from.models, from.planning, from.conflicts]) {
    subscribe(look);
  }
  return store;
}

/** The recipe without its parameters: what a model changed depends on none. */
function unweighed({ recipe }: PlanOrder): string {
  const experts = recipe.experts.map(({ model }) => model);
  return JSON.stringify({ ...recipe, experts, values: {}, rules: [], trimScope: null });
}

export type ChangesStore = ReturnType<typeof createChangesStore>;
