import { createStore } from 'zustand/vanilla';
import type { Subject } from '../engine/protocol.ts';
import { unable } from '../evaluate/runner.ts';
import type { TaskScore } from '../evaluate/tasks/score.ts';
import type { Part, Task } from '../evaluate/tasks/task.ts';
import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import { soloOf } from '../recipe/solo.ts';
import { orderToSee } from './conflicts.ts';
import type { DeviceStore } from './device.ts';
import type { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import { atRest, type Looking, lookingWith } from './looking.ts';
import type { Failure, ModelsStore } from './models.ts';
import type { RecipeStore } from './recipe.ts';

/** Which items of a task are asked. */
export type Extent = {
  readonly part: Part;
  /** At most so many of each task; null for all of them. */
  readonly most: number | null;
};

/** What is scored: rows of a table, points of a sweep. */
export type Wanted = { readonly these: readonly Scored[]; readonly extent: Extent };

/** One line of the table of scores. */
export type Scored = {
  /** Equal for what has equal weights. */
  readonly key: string;
  readonly title: string;
  readonly role: 'base' | 'expert' | 'merge';
  readonly subject: Subject;
};

/** `Looking` is at one subject and task after the other; its progress counts all items that are to be asked. */
export type ScoresState = Looking & {
  readonly tasks: readonly Task[];
  readonly extent: Extent;
  /** By `scoreKey`. */
  readonly known: ReadonlyMap<string, TaskScore>;
  /** Why a subject cannot be run, by its key; why it is not able to one task, by its `scoreKey`. */
  readonly refused: ReadonlyMap<string, Failure>;
  /** Bytes of weights that are to be fetched first; 0 for none. */
  readonly toFetch: number;
  /** Scores what is not known of the recipe as it is now and its parents, or what is wanted instead. */
  score(wanted?: Wanted): void;
  cancel(): void;
  /** Agrees to what is to be fetched, and scores. */
  fetch(): void;
  setExtent(extent: Extent): void;
  /** In the place of the task of that id, or after the others. */
  addTask(task: Task): void;
  removeTask(id: string): void;
};

/** Scores beyond which those that were found first are forgotten. */
const mostKnown = 2000;

/** Another one where a file of the same name asks other things. */
export function scoreKey(of: string, { items, ...task }: Task, { part, most }: Extent): string {
  return JSON.stringify([of, task, numberOf(items), part, most]);
}

type From = {
  readonly recipe: RecipeStore;
  readonly models: ModelsStore;
  readonly device: DeviceStore;
};

/** The base, every expert alone, and the merge, in this order. */
export function scoredOf(
  from: From,
  recipe: Recipe = from.recipe.getState().recipe,
): readonly Scored[] {
  const { base, experts } = recipe;
  const model = (ref: ModelRef, role: Scored['role']): Scored => {
    const slot = from.models.getState().slots[ref.id];
    const facts = slot?.status.kind === 'open' ? slot.status.model : null;
    if (!facts?.adapter) {
      const key = JSON.stringify([ref.id, ref.bytes, ref.fingerprint, numberOf(facts)]);
      return { key, title: ref.name, role, subject: { kind: 'model', model: ref.id } };
    }
    return { ...candidateOf(from, soloOf(recipe, ref.id), ref.name), role };
  };
  return [
    ...(base ? [model(base, 'base')] : []),
    ...experts.map((each) => model(each.model, 'expert')),
    candidateOf(from, recipe, 'The merge'),
  ];
}

/** What a recipe would make of the models that are open. */
export function candidateOf(from: From, recipe: Recipe, title: string): Scored {
  const order = orderToSee(from, asModel(recipe));
  const { slots } = from.models.getState();
  const used = [...(recipe.base ? [recipe.base] : []), ...recipe.experts.map(({ model }) => model)];
  const numbers = used.map(({ id }) => {
    const status = slots[id]?.status;
    return numberOf(status?.kind === 'open' ? status.model : null);
  });
  const key = JSON.stringify([order.recipe, numbers]);
  return { key, title, role: 'merge', subject: { kind: 'recipe', order } };
}

/** One file, and the base with the merge in it where the recipe makes an adapter. */
function asModel(recipe: Recipe): Recipe {
  return { ...recipe, output: { ...recipe.output, as: 'model', shardBytes: null } };
}

const numbers = new WeakMap<object, number>();
let last = 0;

/** Another number for a model that was opened again, or a task’s file. */
function numberOf(facts: object | null): number {
  if (facts === null) return 0;
  const known = numbers.get(facts);
  if (known !== undefined) return known;
  last += 1;
  numbers.set(facts, last);
  return last;
}

/** Items of a task that are asked, give or take one: which half each is in, the engine tells. */
function countOf({ items, split }: Task, { part, most }: Extent): number {
  const share = { all: 1, search: split.share, 'held-out': 1 - split.share }[part];
  return Math.min(Math.round(share * items.length), most ?? Number.POSITIVE_INFINITY);
}

export function createScoresStore(engine: Pick<Engine, 'score'>, from: From) {
  let agreed: unknown = null;
  let asked: Wanted | null = null;
  const store = createStore<ScoresState>()((set, get) => ({
    ...atRest,
    tasks: [],
    extent: { part: 'held-out', most: 100 },
    known: new Map(),
    refused: new Map(),
    toFetch: 0,
    score(wanted) {
      asked = wanted ?? null;
      void scoreAll();
    },
    cancel() {
      looking.cancel();
    },
    fetch() {
      agreed = from.models.getState().slots;
      void scoreAll();
    },
    setExtent: (extent) => set({ extent }),
    addTask(task) {
      const { tasks } = get();
      const isKnown = tasks.some(({ id }) => id === task.id);
      const added = isKnown
        ? tasks.map((each) => (each.id === task.id ? task : each))
        : [...tasks, task];
      set({ tasks: added });
    },
    removeTask: (id) => set({ tasks: get().tasks.filter((task) => task.id !== id) }),
  }));
  const looking = lookingWith(store.setState);

  async function scoreAll(): Promise<void> {
    if (store.getState().isLooking) return;
    const { tasks } = store.getState();
    const { these, extent } = asked ?? {
      these: scoredOf(from),
      extent: store.getState().extent,
    };
    const wanted = these.flatMap((of) =>
      tasks
        .filter((task) => !store.getState().known.has(scoreKey(of.key, task, extent)))
        .map((task) => ({ of, task })),
    );
    store.setState({ refused: new Map(), failure: null, toFetch: 0 });
    const counts = wanted.map(({ task }) => countOf(task, extent));
    const total = counts.reduce((sum, count) => sum + count, 0);
    await looking.during(new AbortController(), async ({ signal, onMeasured }) => {
      let before = 0;
      for (const [i, { of, task }] of wanted.entries()) {
        if (store.getState().refused.has(of.key)) continue;
        const { slots } = from.models.getState();
        const fetches = agreed === slots;
        const backend = from.device.getState().choice;
        const how = { task, ...extent, what: 'score and loss', fetches, backend } as const;
        const onOne = (done: number) => onMeasured(before + done, total);
        const found = await engine
          .score(of.subject, how, { signal, onMeasured: onOne })
          .catch((error: unknown) => {
            signal.throwIfAborted();
            const failure = failureOf(error);
            refuse(failure.tag === unable ? scoreKey(of.key, task, extent) : of.key, failure);
            return null;
          });
        if (found && 'toFetch' in found) {
          store.setState({ toFetch: found.toFetch });
          return;
        }
        if (found) keep(scoreKey(of.key, task, extent), found);
        before += counts[i];
      }
    });
  }

  function refuse(key: string, failure: Failure) {
    store.setState(({ refused }) => ({ refused: new Map([...refused, [key, failure]]) }));
  }

  function keep(key: string, found: TaskScore) {
    store.setState(({ known }) => ({
      known: new Map([...known, [key, found] as const].slice(-mostKnown)),
    }));
  }
  return store;
}

export type ScoresStore = ReturnType<typeof createScoresStore>;
