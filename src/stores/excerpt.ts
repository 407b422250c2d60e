import { createStore } from 'zustand/vanilla';
import type { Excerpt, Spot } from '../methods/excerpt.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { orderToSee } from './conflicts.ts';
import type { Engine } from './engine.ts';
import { lastWins } from './last-wins.ts';
import type { LookedFrom } from './look.ts';
import { outdatedAfter } from './looking.ts';
import { outlookOf } from './planning.ts';

/** Milliseconds that models and recipe must rest: a page that opens has better to do. */
const patience = 2000;

export type ExcerptState = {
  /** Elements of the recipe's own models; null before they are known, and where there are none to show. */
  readonly excerpt: Excerpt | null;
  /** Whether they are looked for, or soon will be. */
  readonly isLooking: boolean;
  /** Whether models lie on the Hub, and nothing of them is fetched before somebody looks at their conflicts. */
  readonly waitsForHub: boolean;
  /** The element that somebody points at, instead of the most contested ones; null where nobody does. */
  readonly at: Spot | null;
  /** Whether any of this is to be seen. */
  watch(isSeen: boolean): void;
  lookAt(at: Spot | null): void;
};

/**
 * Asks for the most contested elements of the models while they are to be seen. Once for the same models: parameters and
 * methods change what becomes of the elements, not which they are.
 */
export function createExcerptStore(engine: Pick<Engine, 'excerpt'>, from: LookedFrom) {
  let isSeen = false;
  let seen: { readonly key: string; readonly slots: unknown } | null = null;
  /** The models of which an element is pointed at. */
  let pointedIn: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const store = createStore<ExcerptState>()((set) => ({
    excerpt: null,
    isLooking: false,
    waitsForHub: false,
    at: null,
    watch(wanted) {
      isSeen = wanted;
      look();
    },
    lookAt(at) {
      pointedIn = at && modelsKey(from.recipe.getState().recipe);
      set({ at });
      look();
    },
  }));

  type Mine = { readonly fetches: boolean; readonly key: string };
  const ask = lastWins(async ({ fetches, key }: Mine, { signal }: AbortController) => {
    const { at } = store.getState();
    // Without an answer the made-up values do; what is wrong with the models is told elsewhere.
    const excerpt = await engine
      .excerpt(orderToSee(from), at, fetches, { signal })
      .catch(() => null);
    if (seen?.key === key) store.setState({ excerpt, isLooking: false });
  }, outdatedAfter);

  function look(): void {
    const { recipe } = from.recipe.getState();
    const { slots } = from.models.getState();
    if (pointedIn !== null && pointedIn !== modelsKey(recipe)) {
      pointedIn = null;
      store.setState({ at: null });
    }
    const { at } = store.getState();
    const key = JSON.stringify([modelsKey(recipe), at]);
    if (seen !== null && (seen.key !== key || seen.slots !== slots)) {
      seen = null;
      store.setState({ excerpt: null });
    }
    clearTimeout(timer);
    const hasPlan = outlookOf(from.planning.getState().prospect) !== null;
    if (seen === null) store.setState({ isLooking: false });
    if (!isSeen || seen !== null || !hasPlan) return;
    const isFar = modelsOf(recipe).some(({ origin }) => origin === 'hub');
    const waitsForHub = isFar && from.conflicts.getState().map === null;
    store.setState({ waitsForHub });
    if (waitsForHub) return;
    const begin = () => {
      seen = { key, slots };
      ask({ key, fetches: !isFar });
    };
    store.setState({ isLooking: true });
    timer = setTimeout(begin, at === null ? patience : 0);
  }
  for (const { subscribe } of [from.recipe, from.models, from.planning]) subscribe(look);
  return store;
}

export type ExcerptStore = ReturnType<typeof createExcerptStore>;

function modelsOf({ base, experts }: Recipe) {
  return [...(base ? [base] : []), ...experts.map(({ model }) => model)];
}

/** What decides which elements there are, and whose. */
function modelsKey(recipe: Recipe): string {
  const { renames, keeps, vocabulary, inputDtype } = recipe;
  const models = modelsOf(recipe).map(({ id }) => id);
  return JSON.stringify([models, recipe.base !== null, renames, keeps, vocabulary, inputDtype]);
}
