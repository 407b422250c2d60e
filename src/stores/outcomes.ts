import { createStore } from 'zustand/vanilla';
import type { Recipe } from '../recipe/recipe.ts';
import type { Outcome } from '../views/outcome.ts';
import { orderToSee } from './conflicts.ts';
import type { Engine } from './engine.ts';
import type { LookedFrom } from './look.ts';
import { atRest, type Looking, lookingWith } from './looking.ts';

/** `none` where the recipe cannot be merged, or nothing is known to have changed, for want of a base. */
export type Told = Outcome | 'none';

/** What recipes beside the present one would make of the same models. `Looking` is at one of them after the other. */
export type OutcomesState = Looking & {
  /** By `outcomeKey`. */
  readonly known: ReadonlyMap<string, Told>;
  /** Bytes of samples that are to be fetched first. */
  readonly toFetch: number;
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
  let slots = from.models.getState().slots;
  const store = createStore<OutcomesState>()(() => ({
    known: new Map(),
    toFetch: 0,
    ...atRest,
    want(recipes) {
      wanted = recipes;
      void look();
    },
    cancel() {
      looking.cancel();
    },
    again() {
      void look();
    },
  }));

  const looking = lookingWith(store.setState);

  function next(): Recipe | undefined {
    const { known } = store.getState();
    return wanted.find((recipe) => !known.has(outcomeKey(recipe)));
  }

  async function look(): Promise<void> {
    if (store.getState().isLooking || next() === undefined) return;
    store.setState({ failure: null });
    let hasSeenAll = false;
    await looking.during(new AbortController(), async (listeners) => {
      for (let recipe = next(); recipe !== undefined; recipe = next()) {
        const asked = slots;
        const found = await engine.outcome(orderToSee(from, recipe), listeners);
        if (asked !== slots) continue;
        const waits = found !== null && 'toFetch' in found;
        store.setState({ toFetch: waits ? found.toFetch : 0 });
        if (waits) return;
        remember(outcomeKey(recipe), found ?? 'none');
      }
      hasSeenAll = true;
    });
    // Others may be wanted since the last of them was told.
    if (hasSeenAll) void look();
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
