import { createStore } from 'zustand/vanilla';
import { version } from '../../package.json';
import type { Subject } from '../engine/protocol.ts';
import { cannotRun } from '../evaluate/runner.ts';
import { uniqueNames } from '../evaluate/search/rows.ts';
import { taskKey } from '../evaluate/tasks/key.ts';
import type { ResultRow } from '../evaluate/tasks/results.ts';
import type { TaskScore } from '../evaluate/tasks/score.ts';
import type { Part, Task } from '../evaluate/tasks/task.ts';
import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import { mergeKey } from '../recipe/same-merge.ts';
import { membersOf } from '../recipe/series.ts';
import { soloOf } from '../recipe/solo.ts';
import { orderToSee } from './conflicts.ts';
import type { DeviceStore } from './device.ts';
import type { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import { atRest, type Looking, lookingWith } from './looking.ts';
import { type Failure, type ModelsStore, openModel } from './models.ts';
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
  /** Of those, what does not stand on another visit: a processor of another kind had to take over. */
  readonly passing: ReadonlySet<string>;
  /** Why a subject cannot be run, by its key; why it was not scored on one task, by its `scoreKey`. */
  readonly refused: ReadonlyMap<string, Failure>;
  /** Bytes of weights that are to be fetched first; 0 for none. */
  readonly toFetch: number;
  /** Scores what is not known of the recipe as it is now and its parents, or what is wanted instead. */
  score(wanted?: Wanted): void;
  cancel(): void;
  /** Agrees to what is to be fetched, and scores. */
  fetch(): void;
  setExtent(extent: Extent): void;
  /** In the place of the task of that id, or after the others; a person’s own stand last, whichever comes first. */
  addTask(task: Task): void;
  removeTask(id: string): void;
  /** What an earlier visit found, where nothing newer is known. */
  recall(found: ReadonlyMap<string, TaskScore>): void;
  forget(): void;
};

/** Beyond which the scores that were found first are forgotten; `items` of all of them together. */
const most = { scores: 2000, items: 200_000 };

/** To be raised when the same model is run or merged to other numbers than before: what was kept is found no more. */
const arithmetic = 1;

/** Equal where the score is: of what (`Scored.key`), on which task, on how many items of which part. */
export function scoreKey(of: string, task: Task, { part, most }: Extent): string {
  return [of, taskKey(task), part, most].join('\n');
}

type From = {
  readonly recipe: RecipeStore;
  readonly models: ModelsStore;
  readonly device: DeviceStore;
};

/** The base, every expert alone, and the merge, in this order, under titles that can be told apart. */
export function scoredOf(
  from: From,
  recipe: Recipe = from.recipe.getState().recipe,
): readonly Scored[] {
  const { base, experts } = recipe;
  const model = (ref: ModelRef, role: Scored['role']): Scored => {
    if (openModel(from.models.getState().slots, ref.id)?.adapter) {
      return { ...candidateOf(from, soloOf(recipe, ref.id), ref.name), role };
    }
    const key = keyed(from, `model ${contentsIn(from)(ref)}`);
    return { key, title: ref.name, role, subject: { kind: 'model', model: ref.id } };
  };
  const all = [
    ...(base ? [model(base, 'base')] : []),
    ...experts.map((each) => model(each.model, 'expert')),
    candidateOf(from, recipe, 'The merge'),
  ];
  const titles = uniqueNames(all.map(({ title }) => title));
  return all.map((each, at) => ({ ...each, title: titles[at] }));
}

/** For documents: the model that a line of the table is of, or the recipe that it is made by. */
export function resultOf(recipe: Recipe, { subject }: Scored): ResultRow['of'] {
  if (subject.kind === 'recipe') {
    const { output, ...rest } = subject.order.recipe;
    return { recipe: { ...rest, output: { ...output, name: recipe.output.name } } };
  }
  return { model: membersOf(recipe).find(({ id }) => id === subject.model)! };
}

/** What a recipe would make of the models that are open. */
export function candidateOf(from: From, recipe: Recipe, title: string): Scored {
  const made = asModel(recipe);
  const order = orderToSee(from, made);
  const key = keyed(from, mergeKey(made, contentsIn(from)));
  return { key, title, role: 'merge', subject: { kind: 'recipe', order } };
}

/** One file, and the base with the merge in it where the recipe makes an adapter. */
function asModel(recipe: Recipe): Recipe {
  return { ...recipe, output: { ...recipe.output, as: 'model', shardBytes: null } };
}

/** What a processor of another kind makes of it, or another release of this page, is not equal to the last digit. */
const keyed = ({ device }: From, what: string) =>
  [version, arithmetic, backendOf(device), what].join('\n');

const backendOf = (device: DeviceStore) => device.getState().report?.kind ?? 'cpu';

/** What models are known by that are open; one that is not has no scores. */
function contentsIn({ models }: From): (ref: Pick<ModelRef, 'id'>) => string {
  const { slots } = models.getState();
  return ({ id }) => slots[id]?.contents ?? `absent ${id}`;
}

/** Items of a task that are asked, give or take one: which half each is in, the engine tells. */
function countOf({ items, split }: Task, { part, most }: Extent): number {
  const share = { all: 1, search: split.share, 'held-out': 1 - split.share }[part];
  return Math.min(Math.round(share * items.length), most ?? Number.POSITIVE_INFINITY);
}

/** Equal, on later visits too, where these models hold the same and are run by the same arithmetic. */
export function modelsKey(from: From, models: readonly Pick<ModelRef, 'id'>[]): string {
  return keyed(from, JSON.stringify(models.map(contentsIn(from))));
}

const membersIn = (subject: Subject) =>
  subject.kind === 'recipe' ? membersOf(subject.order.recipe) : [{ id: subject.model }];

export function createScoresStore(engine: Pick<Engine, 'score'>, from: From) {
  let agreed: unknown = null;
  let asked: Wanted | null = null;
  const store = createStore<ScoresState>()((set, get) => ({
    ...atRest,
    tasks: [],
    extent: { part: 'held-out', most: 100 },
    known: new Map(),
    passing: new Set(),
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
      set({ tasks: added.toSorted((a, b) => Number(isOwn(a)) - Number(isOwn(b))) });
    },
    removeTask: (id) => set({ tasks: get().tasks.filter((task) => task.id !== id) }),
    recall: (found) => set(({ known }) => ({ known: bounded([...found, ...known]) })),
    forget: () => set({ known: new Map(), passing: new Set() }),
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
      const fetches = agreed === from.models.getState().slots;
      const backend = from.device.getState().choice;
      const asked = counts.map(() => 0);
      const tell = (at: number, done: number) => {
        asked[at] = done;
        const all = asked.reduce((sum, each) => sum + each, 0);
        onMeasured(all, total);
      };
      /** By subject: ends what else is asked of one that cannot be run. */
      const over = new Map(these.map(({ key }) => [key, new AbortController()]));
      const nowOf = (subject: Subject) => modelsKey(from, membersIn(subject));
      const before = new Map(these.map(({ subject }) => [subject, nowOf(subject)]));
      const scoreOne = async ({ of, task }: (typeof wanted)[number], at: number) => {
        const stop = over.get(of.key)!;
        const listeners = {
          signal: AbortSignal.any([signal, stop.signal]),
          onMeasured: (done: number) => tell(at, done),
        };
        const how = { task, ...extent, what: 'score and loss', fetches, backend } as const;
        try {
          const found = await engine.score(of.subject, how, listeners);
          if ('toFetch' in found) return found.toFetch;
          // A model that was opened anew meanwhile, under its id, is another one than its key says.
          const isSame = before.get(of.subject) === nowOf(of.subject);
          if (isSame) keep(scoreKey(of.key, task, extent), found);
        } catch (error) {
          signal.throwIfAborted();
          if (!stop.signal.aborted) {
            const isAll = cannotRun(error);
            refuse(isAll ? of.key : scoreKey(of.key, task, extent), failureOf(error));
            if (isAll) stop.abort();
          }
        }
        tell(at, counts[at]);
        return 0;
      };
      const missing = await Promise.all(wanted.map(scoreOne));
      store.setState({ toFetch: Math.max(0, ...missing) });
    });
  }

  function refuse(key: string, failure: Failure) {
    store.setState(({ refused }) => ({ refused: new Map([...refused, [key, failure]]) }));
  }

  function keep(key: string, found: TaskScore) {
    const isPassing = found.backend !== undefined && found.backend !== backendOf(from.device);
    store.setState(({ known, passing }) => ({
      known: bounded([...known, [key, found]]),
      ...(isPassing ? { passing: new Set([...passing, key]) } : {}),
    }));
  }
  return store;
}

const isOwn = ({ skill }: Task) => skill === 'own';

/** Without those that come first, where there are too many. */
function bounded(all: readonly (readonly [string, TaskScore])[]): ReadonlyMap<string, TaskScore> {
  const known = [...new Map(all)];
  let items = 0;
  const tooMany = known.findLastIndex(([, score], at) => {
    items += score.items.length;
    return items > most.items || known.length - at > most.scores;
  });
  return new Map(known.slice(tooMany + 1));
}

export type ScoresStore = ReturnType<typeof createScoresStore>;
