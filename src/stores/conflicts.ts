import { createStore } from 'zustand/vanilla';
import type { PlanOrder } from '../engine/protocol.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Close, Patch } from '../views/close.ts';
import type { ConflictMap } from '../views/conflict-map.ts';
import type { DeviceStore } from './device.ts';
import type { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import { lastWins } from './last-wins.ts';
import { atRest, type Looking, lookingWith, outdatedAfter } from './looking.ts';
import type { ModelsStore } from './models.ts';
import { orderOf, outlookOf, type PlanningStore, unhashed } from './planning.ts';
import { pointerHeldSince, whenLetGo } from './pointer-held.ts';
import type { RecipeStore } from './recipe.ts';

/** Elements a side of a patch. */
export const patchSide = 16;

/** What of the model is looked at: all of it, one tensor, a square of it, one element of that. */
export type Focus = {
  readonly tensor: string | null;
  /** First element of the square, in the tensor's matrix. */
  readonly square: { readonly row: number; readonly column: number } | null;
  /** Index in the square, row by row. */
  readonly element: number | null;
};

/** `Looking` is at the model. */
export type ConflictsState = Looking & {
  /** Null before the first look, and where nothing can be merged. */
  readonly map: ConflictMap | null;
  /** Whether nothing is known to have changed, for want of a base. */
  readonly isUnknown: boolean;
  /** Bytes over the network that the look at the model, or at its tensor, waits for agreement to; 0 for none. */
  readonly toFetch: { readonly map: number; readonly close: number };
  readonly focus: Focus;
  /** What was in focus and is not there, in a sentence; the level above it is shown. */
  readonly lost: string | null;
  /** Of the tensor in focus, once it was read. */
  readonly close: Close | null;
  readonly patch: Patch | null;
  /** Agrees to what is to be fetched: samples of all models, or the tensor in focus. */
  fetch(what: 'map' | 'close'): void;
  /** Whether any of this is to be seen. */
  watch(isSeen: boolean): void;
  /** Ends the look at the model. */
  cancel(): void;
  /** Looks again after that, or after a failure. */
  again(): void;
  focusOn(focus: Partial<Focus>): void;
};

/** What looks at the recipe go by. */
export type LookedAt = {
  readonly recipe: RecipeStore;
  readonly models: ModelsStore;
  readonly device: DeviceStore;
  readonly planning: PlanningStore;
};

/** Whether something is being dragged, and when no longer. */
export type Pointer = {
  heldSince(): number | null;
  whenLetGo(action: () => void): void;
};

/** What is asked to see something of a recipe, as it stands unless told; what the output is called is no matter there. */
export function orderToSee(
  from: Pick<LookedAt, 'recipe' | 'device'>,
  recipe: Recipe = from.recipe.getState().recipe,
): PlanOrder {
  const { name: _, ...output } = recipe.output;
  const seen = { ...recipe, output: { ...output, name: 'any' } };
  return orderOf(seen, from.device.getState().report?.kind ?? 'cpu', unhashed);
}

export const nowhere: Focus = { tensor: null, square: null, element: null };

/**
 * Looks at conflicts while they are to be seen, and again after every change of recipe or models. Looks do not queue: while
 * one is made, only the latest change waits. While the pointer is held a part of the sample is enough; all of it is looked
 * at once it is let go.
 */
export function createConflictsStore(
  engine: Pick<Engine, 'readyToSee' | 'conflicts' | 'closeUp' | 'patch'>,
  from: LookedAt,
  pointer: Pointer = { heldSince: pointerHeldSince, whenLetGo },
) {
  let isSeen = false;
  let seen: {
    readonly key: string;
    readonly slots: unknown;
    readonly isCoarse: boolean;
  } | null = null;

  /** The models whose samples may be fetched, and the tensor that may be whole. */
  let agreed: unknown = null;
  let agreedTensor: string | null = null;

  const store = createStore<ConflictsState>()((set, get) => ({
    map: null,
    isUnknown: false,
    toFetch: { map: 0, close: 0 },
    ...atRest,
    focus: nowhere,
    lost: null,
    close: null,
    patch: null,
    fetch(what) {
      if (what === 'map') {
        agreed = from.models.getState().slots;
        seen = null;
        look();
      } else {
        agreedTensor = get().focus.tensor;
        askClose(orderNow());
      }
    },
    watch(wanted) {
      isSeen = wanted;
      if (wanted && get().failure) seen = null;
      if (!wanted) return;
      // While the page still plans. What fails here fails again, and is told, when it is asked.
      engine.readyToSee().catch(() => {});
      look();
    },
    cancel() {
      looking.cancel();
    },
    again() {
      seen = null;
      look();
    },
    focusOn(change) {
      const before = get().focus;
      const focus = { ...before, ...change };
      const isOther = focus.tensor !== before.tensor;
      const square = focus.square;
      const isElsewhere =
        square?.row !== before.square?.row || square?.column !== before.square?.column;
      set({
        focus,
        lost: null,
        ...(isOther ? { close: null } : {}),
        ...(isOther || isElsewhere ? { patch: null } : {}),
      });
      if (!canAsk()) return;
      if (isOther) askClose(orderNow());
      else if (isElsewhere) {
        const { close } = get();
        if (close) set(within(focus, close));
        askPatch(orderNow());
      }
    },
  }));

  /** Before there is a plan nothing is asked; once there is one, all is that is to be seen. */
  const canAsk = () => {
    const can = outlookOf(from.planning.getState().prospect) !== null;
    if (!can) seen = null;
    return can;
  };

  const orderNow = () => orderToSee(from);
  const failed = (error: unknown) => store.setState({ failure: failureOf(error) });
  const waiting = (part: Partial<ConflictsState['toFetch']>) =>
    store.setState(({ toFetch }) => ({ toFetch: { ...toFetch, ...part } }));
  type Look = readonly [order: PlanOrder, isCoarse: boolean];
  const looking = lookingWith(store.setState);
  const askMap = lastWins(
    ([order, isCoarse]: Look, mine) =>
      looking.during(mine, async (listeners) => {
        const mayFetch = agreed === from.models.getState().slots;
        const found = await engine.conflicts(order, mayFetch, isCoarse, listeners);
        const isMap = found !== null && 'cells' in found;
        const isUnknown = found === null;
        store.setState({ map: isMap ? found : null, isUnknown, failure: null });
        if (isUnknown) store.setState({ lost: null });
        waiting({ map: found !== null && 'toFetch' in found ? found.toFetch : 0 });
      }),
    outdatedAfter,
  );
  const askClose = lastWins(async (order: PlanOrder, { signal }: AbortController) => {
    const { tensor } = store.getState().focus;
    if (tensor === null) return;
    const mayFetch = agreedTensor === tensor;
    const found = await engine
      .closeUp(order, tensor, mayFetch, { signal })
      .catch((error) => (signal.aborted ? 'outdated' : failed(error)));
    const { focus, close: before, isUnknown } = store.getState();
    if (found === 'outdated' || tensor !== focus.tensor) return;
    const close = found && 'tiles' in found ? found : null;
    if (found === null && !isUnknown) {
      const lost = `No tensor that is merged is called ${tensor}. What is shown is the whole model.`;
      store.setState({ focus: nowhere, lost, close: null, patch: null });
      return;
    }
    store.setState({ close, ...(close ? within(focus, close) : {}) });
    waiting({ close: found && 'toFetch' in found ? found.toFetch : 0 });
    if (close && before === null) askPatch(order);
  }, outdatedAfter);
  /** Elements are asked for once the tensor is there: so it is known that they lie in it, and that it may be fetched. */
  const askPatch = lastWins(async (order: PlanOrder, { signal }: AbortController) => {
    const { close, focus } = store.getState();
    const { tensor, square } = focus;
    if (close === null || tensor === null || square === null) return;
    const patch = await engine
      .patch(order, tensor, { ...square, side: patchSide }, { signal })
      .catch((error) => (signal.aborted ? 'outdated' : failed(error)));
    if (patch === 'outdated' || store.getState().focus.square !== square) return;
    store.setState({ patch: patch ?? null });
  }, outdatedAfter);
  const look = () => {
    if (!isSeen) return;
    const { slots } = from.models.getState();
    if (outlookOf(from.planning.getState().prospect) === null) {
      seen = null;
      store.setState({ map: null });
      return;
    }
    const order = orderNow();
    const key = JSON.stringify(order.recipe);
    const isCoarse = pointer.heldSince() !== null;
    const isSame = seen?.key === key && seen.slots === slots;
    if (isSame && (isCoarse || !seen?.isCoarse)) return;
    seen = { key, slots, isCoarse };
    askMap([order, isCoarse]);
    if (isSame) return;
    askClose(order);
    askPatch(order);
  };
  for (const { subscribe } of [from.recipe, from.models, from.planning]) subscribe(look);
  pointer.whenLetGo(look);
  return store;
}

/** As much of a focus as lies in the tensor, and what does not. */
function within(focus: Focus, { tiling }: Close): Partial<Pick<ConflictsState, 'focus' | 'lost'>> {
  const { square, element } = focus;
  if (square === null) return {};
  const { rows, columns } = tiling;
  if (square.row >= rows || square.column >= columns) {
    const lost = `There is no element at row ${square.row}, column ${square.column}: the tensor has ${rows} rows and ${columns} columns. What is shown is all of it.`;
    return { focus: { ...focus, square: null, element: null }, lost };
  }
  const down = Math.min(patchSide, rows - square.row);
  const across = Math.min(patchSide, columns - square.column);
  if (element === null || element < down * across) return {};
  const lost = `There is no element ${element} in a square of ${down} × ${across}. What is shown is the most contested one.`;
  return { focus: { ...focus, element: null }, lost };
}

export type ConflictsStore = ReturnType<typeof createConflictsStore>;
