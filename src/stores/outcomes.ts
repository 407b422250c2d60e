import { createStore } from 'zustand/vanilla';
import type { Recipe } from '../recipe/recipe.ts';
import type { Outcome } from '../views/outcome.ts';
import { cancelled, orderToSee, type Seen } from './conflicts.ts';
import type { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import type { LookedFrom } from './look.ts';
import type { Failure } from './models.ts';

/** `none` where the recipe cannot be merged, or nothing is known to have changed, for want of a base. */
export type Told = Outcome | 'none';

/** What recipes beside the present one would make of the same models. */
export type OutcomesState = {
  /** By `outcomeKey`. */
  readonly known: ReadonlyMap<string, Told>;
  /** Bytes of samples that are to be fetched first. */
  readonly toFetch: number;
  readonly isLooking: boolean;
  /** Tensors of the recipe that is looked at; null before it tells. */
  readonly progress: Seen | null;
  readonly isStopped: boolean;
  readonly failure: Failure | null;
  /** Looks at those that are not known, one after the other; an empty list stops. */
  want(recipes: readonly Recipe[]): void;
  cancel(): void;
  /** Looks again after that, or after a failure. */
  again(): void;
};

/** Outcomes beyond which those that nobody wants any more are forgotten. */
const mostKnown = 300;

/** Recipes of one key have one outcome: the name of the output is no matter. */
export function outcomeKey({ output: { name: _, ...output }, ...recipe }: Recipe): string {
  return JSON.stringify([recipe, output]);
}

/** Asks for one recipe at a time, so that other looks come in between and a change ends the row at once. */
export function createOutcomesStore(engine: Pick<Engine, 'outcome'>, from: LookedFrom) {
  let wanted: readonly Recipe[] = [];
  let isBusy = false;
  let current = new AbortController();
  let slots = from.models.getState().slots;
  const store = createStore<OutcomesState>()(() => ({
    known: new Map(),
    toFetch: 0,
    isLooking: false,
    progress: null,
    isStopped: false,
    failure: null,
    want(recipes) {
      wanted = recipes;
      void look();
    },
    cancel() {
      current.abort(cancelled);
    },
    again() {
      void look();
    },
  }));

  function next(): Recipe | undefined {
    const { known } = store.getState();
    return wanted.find((recipe) => !known.has(outcomeKey(recipe)));
  }

  async function look(): Promise<void> {
    if (isBusy || next() === undefined) return;
    isBusy = true;
    current = new AbortController();
    const { signal } = current;
    store.setState({ isLooking: true, isStopped: false, failure: null });
    const onMeasured = (done: number, total: number) =>
      store.setState({ progress: { done, total } });
    try {
      for (let recipe = next(); recipe !== undefined; recipe = next()) {
        const asked = slots;
        const found = await engine.outcome(orderToSee(from, recipe), { signal, onMeasured });
        if (asked !== slots) continue;
        const waits = found !== null && 'toFetch' in found;
        store.setState({ toFetch: waits ? found.toFetch : 0 });
        if (waits) break;
        remember(outcomeKey(recipe), found ?? 'none');
      }
    } catch (error) {
      store.setState(signal.aborted ? { isStopped: true } : { failure: failureOf(error) });
    }
    isBusy = false;
    store.setState({ isLooking: false, progress: null });
  }

  function remember(key: string, told: Told): void {
    const { known } = store.getState();
    const keep = new Set(wanted.map(outcomeKey));
    const kept = known.size < mostKnown ? known : [...known].filter(([each]) => keep.has(each));
    store.setState({ known: new Map([...kept, [key, told]]) });
  }

  from.models.subscribe((state) => {
    if (state.slots === slots) return;
    slots = state.slots;
    store.setState({ known: new Map() });
    void look();
  });
  // Once the samples were fetched for the conflicts, they are there.
  let waitsFor = 0;
  from.conflicts.subscribe(({ toFetch }) => {
    if (toFetch.map === waitsFor) return;
    waitsFor = toFetch.map;
    void look();
  });
  return store;
}

export type OutcomesStore = ReturnType<typeof createOutcomesStore>;
