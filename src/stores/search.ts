import { createStore } from 'zustand/vanilla';
import { pause as breathe } from '../evaluate/forward/pause.ts';
import { unable } from '../evaluate/runner.ts';
import { uniqueNames } from '../evaluate/search/rows.ts';
import type { Evaluate, Result, Step } from '../evaluate/search/step.ts';
import { taskKey } from '../evaluate/tasks/key.ts';
import { objectiveOf } from '../evaluate/tasks/objective.ts';
import type { TaskScore } from '../evaluate/tasks/score.ts';
import { itemsOf } from '../evaluate/tasks/split.ts';
import type { Task } from '../evaluate/tasks/task.ts';
import { canonicalJson } from '../recipe/canonical.ts';
import { parseRecipe } from '../recipe/parse.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { membersOf } from '../recipe/series.ts';
import type { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import { atRest, type Looking, lookingWith } from './looking.ts';
import { candidateOf, modelsKey } from './scores.ts';
import { type Ended, type SearchPlan, stepsOf } from './search-plan.ts';
import type { Session } from './session.ts';
import { quietly, recall, remember } from './storage.ts';

/** On a task's held-out half: the recipe that was begun from, and the best that was found. */
export type Judged = { readonly task: Task; readonly before: TaskScore; readonly after: TaskScore };

/** One search: what it was begun with, and what is known of it. */
export type Search = {
  readonly plan: SearchPlan;
  readonly start: Recipe;
  readonly tasks: readonly Task[];
  /** Items of each task's search half that a candidate is asked at most. */
  readonly most: number;
  readonly steps: readonly Step[];
  /** How it ended by itself; null before. */
  readonly ended: { readonly by: Ended } | null;
  readonly judged: readonly Judged[];
};

/** `Looking` counts candidates, and while it judges, tasks. */
export type SearchState = Looking & {
  readonly search: Search | null;
  readonly isJudging: boolean;
  /** Whether it can be resumed after a reload: it was not too long for local storage. */
  readonly isKept: boolean;
  /** Bytes of weights that are to be fetched first; 0 for none. */
  readonly toFetch: number;
  begin(plan: SearchPlan, most: number): void;
  /** Ends what is under way; `resume` goes on there. */
  pause(): void;
  resume(): void;
  /** Goes on with so many candidates more than it was to try. */
  extend(by: number): void;
  /** Scores the best so far on the held-out half, beside the recipe that was begun from. */
  judge(): void;
  /** Agrees to what is to be fetched, and goes on. */
  fetch(): void;
  /** The search that was begun before the page was loaded, where it was of these models and on these tasks. */
  restore(): void;
};

/** What is known of a search in local storage. */
type Kept = Pick<Search, 'plan' | 'most' | 'start' | 'judged'> & {
  readonly version: typeof version;
  readonly from: string;
  readonly known: readonly (readonly [id: string, result: Result])[];
};

const version = 3;

/** Candidates that are asked ahead: enough for all engines. */
const atOnce = 16;

/** Of another weights' bytes, which a person has to agree to. */
class NotFetched extends Error {
  constructor(readonly bytes: number) {
    super('Weights are to be fetched first.');
  }
}

/** What is asked for is not known yet. */
class NotKnown extends Error {}

/** What was found is of models that are not there any more. */
class Replaced extends Error {
  constructor() {
    super('A model was opened anew while it was searched. Resume asks again from the beginning.');
  }
}

/** @param keptAs where it is kept in local storage: a search of its own for each */
export function createSearchStore(
  engine: Pick<Engine, 'score'>,
  from: Pick<Session, 'recipe' | 'models' | 'device' | 'scores'>,
  keptAs = 'amalgam.search',
) {
  let known = new Map<string, Result>();
  /** Of which models and tasks. */
  let knownOf = '';
  /** What was asked ahead: a search that was paused does not ask it again. */
  let ahead = new Map<string, Result>();
  let agreed: unknown = null;
  const store = createStore<SearchState>()((set, get) => ({
    ...{ ...atRest, search: null, isJudging: false, isKept: true, toFetch: 0 },
    begin(plan, most) {
      if (get().isLooking) return;
      const { tasks } = from.scores.getState();
      const { recipe: start } = from.recipe.getState();
      const search = { plan, start, tasks, most, steps: [], ended: null, judged: [] };
      know(search);
      set({ search, isStopped: false });
      void run();
    },
    pause: () => looking.cancel(),
    resume: () => void run(),
    extend(by) {
      const { search, isLooking } = get();
      if (isLooking || !search || !('budget' in search.plan)) return;
      change({ plan: { ...search.plan, budget: search.plan.budget + by } });
      void run();
    },
    judge: () => void judge(),
    fetch() {
      agreed = from.models.getState().slots;
      void run();
    },
    restore: () => void restore(),
  }));
  const looking = lookingWith(store.setState);
  const keeper = quietly(() => {
    const { search } = store.getState();
    if (!search) return;
    const { plan, most, start, judged } = search;
    const of = { version, plan, most, start, judged: judged.map(withoutWords) } as const;
    const kept: Kept = { ...of, from: knownOf, known: [...known] };
    store.setState({ isKept: remember(keptAs, kept) });
  }, 500);
  globalThis.addEventListener?.('pagehide', keeper.flush);

  async function restore(): Promise<void> {
    const { search: present, isLooking } = store.getState();
    const kept = recall(keptAs) as Kept | null;
    if (present || isLooking || kept?.version !== version || kept.known.length === 0) return;
    const { plan, most, judged } = kept;
    const { tasks } = from.scores.getState();
    const read = parseRecipe(kept.start);
    const { recipe: now } = from.recipe.getState();
    if (!('recipe' in read) || tasks.length === 0) return;
    const search = { plan, most, tasks, start: read.recipe, steps: [], ended: null, judged };
    if (kept.from !== keyOf(search) || keyOf({ ...search, start: now }) !== kept.from) return;
    know(
      search,
      kept.known.map(([id, result]) => [id, numbered(result)]),
    );
    store.setState({ search });
    const evaluate = () => Promise.reject(new NotKnown());
    await work((signal) =>
      follow(search, evaluate, signal).catch((error: unknown) => {
        if (!(error instanceof NotKnown)) throw error;
      }),
    );
    store.setState({ isStopped: true });
  }

  function know(search: Search, found: Kept['known'] = []) {
    known = new Map(found);
    ahead = new Map();
    knownOf = keyOf(search);
  }

  /** Of the models that take part, as they are now, and the tasks, whatever the recipe makes of them. */
  function keyOf({ start, tasks }: Search): string {
    return canonicalJson([modelsKey(from, membersOf(start)), tasks.map(taskKey)]);
  }

  const change = (part: Partial<Search>) =>
    store.setState(({ search }) => ({ search: search && { ...search, ...part } }));

  async function scoreOf(recipe: Recipe, task: Task, how: How, signal: AbortSignal) {
    const { subject } = candidateOf(from, recipe, 'A candidate');
    const fetches = agreed === from.models.getState().slots;
    const backend = from.device.getState().choice;
    const found = await engine.score(subject, { task, ...how, fetches, backend }, { signal });
    signal.throwIfAborted();
    if ('toFetch' in found) throw new NotFetched(found.toFetch);
    const { search } = store.getState();
    if (search && keyOf(search) !== knownOf) throw new Replaced();
    return found;
  }

  /** From the beginning, without asking again what is known. */
  async function run(): Promise<void> {
    const { search, isLooking } = store.getState();
    if (!search || isLooking) return;
    store.setState({ failure: null, toFetch: 0 });
    if (keyOf(search) !== knownOf) know(search);
    change({ ended: null, judged: [] });
    await work((signal, onMeasured) => follow(search, evaluateOn(search), signal, onMeasured));
    const { search: now, isStopped, failure, toFetch } = store.getState();
    const isOver = now?.ended && !isStopped && !failure && toFetch === 0;
    if (isOver && isJudged(search.plan)) await judge();
  }

  async function follow(
    { plan, start }: Search,
    evaluate: Evaluate,
    signal: AbortSignal,
    onMeasured: (done: number, total: number) => void = () => {},
  ): Promise<void> {
    const steps: Step[] = [];
    const generator = stepsOf(plan, start, { evaluate, signal, known, atOnce });
    try {
      let next = await generator.next();
      for (; !next.done; next = await generator.next()) {
        const step = next.value;
        const isNew = !known.has(step.candidate.id);
        known.set(step.candidate.id, step.result);
        steps.push(step);
        await breathe(signal);
        if (!isNew) continue;
        change({ steps: [...steps] });
        keeper.later();
        if (step.of !== null) onMeasured(step.done, step.of);
      }
      change({ ended: { by: next.value } });
    } finally {
      change({ steps });
    }
  }

  function evaluateOn({ tasks, most }: Search): Evaluate {
    const names = uniqueNames(tasks.map(({ title }) => title));
    const how = { part: 'search', most, what: 'loss' } as const;
    const asked = [...tasks.keys()].filter((at) => itemsOf(tasks[at], 'search').length > 0);
    const mine = ahead;
    let first = known.size === 0 ? null : '';
    return async ({ id, recipe }, signal) => {
      first ??= id;
      const had = mine.get(id);
      if (had) return had;
      const found = await Promise.allSettled(
        asked.map((at) => scoreOf(recipe, tasks[at], how, signal)),
      );
      signal.throwIfAborted();
      const scores: [string, number][] = [];
      let inable: unknown = new RangeError(
        'No task has two questions: a search needs one half of a task to look at, and the other to judge by.',
      );
      for (const [i, one] of found.entries()) {
        if (one.status === 'fulfilled') scores.push([names[asked[i]], objectiveOf(one.value)]);
        else if (failureOf(one.reason).tag === unable) inable = one.reason;
        // Where the first cannot be run, none can; a later one only has no number.
        else if (isForAll(one.reason) || id === first) throw one.reason;
        else return { objective: Number.NaN };
      }
      if (scores.length === 0) throw inable;
      const sum = scores.reduce((before, [, loss]) => before + loss, 0);
      const result = { objective: sum / scores.length, scores: Object.fromEntries(scores) };
      mine.set(id, result);
      return result;
    };
  }

  async function judge(): Promise<void> {
    const { search, isLooking } = store.getState();
    const best = search?.steps.at(-1)?.best;
    if (!search || !best || isLooking) return;
    store.setState({ isJudging: true, failure: null });
    change({ judged: [] });
    await work(async (signal, onMeasured) => {
      const how = { part: 'held-out', most: null, what: 'score and loss' } as const;
      const tasks = askedOf(search).filter((task) => itemsOf(task, 'held-out').length > 0);
      let done = 0;
      const judged = await Promise.all(
        tasks.map(async (task): Promise<Judged> => {
          const [before, after] = await Promise.all([
            scoreOf(search.start, task, how, signal),
            scoreOf(best.candidate.recipe, task, how, signal),
          ]);
          onMeasured(++done, tasks.length);
          return { task, before, after };
        }),
      );
      change({ judged });
      keeper.later();
    });
    store.setState({ isJudging: false });
  }

  function work(
    what: (signal: AbortSignal, onMeasured: (done: number, total: number) => void) => Promise<void>,
  ): Promise<void> {
    return looking.during(new AbortController(), async ({ signal, onMeasured }) => {
      try {
        await what(signal, onMeasured);
      } catch (error) {
        if (error instanceof NotFetched) store.setState({ toFetch: error.bytes });
        else if (signal.aborted) throw error;
        else store.setState({ failure: failureOf(error) });
      }
    });
  }
  return store;
}

type How = {
  readonly part: 'search' | 'held-out';
  readonly most: number | null;
  readonly what: 'score and loss' | 'loss';
};

/** A line says how the loss runs, and a grid too: neither is there to beat anything. */
const isJudged = ({ kind }: SearchPlan) => kind !== 'line' && kind !== 'grid';

/** Tasks that were asked: the others have no items to look at, or the models are not able to them. */
export function askedOf({ tasks, steps }: Pick<Search, 'tasks' | 'steps'>): readonly Task[] {
  const names = uniqueNames(tasks.map(({ title }) => title));
  const told = steps.find(({ result }) => result.scores)?.result.scores;
  return told ? tasks.filter((_, at) => names[at] in told) : tasks;
}

const isForAll = (error: unknown) => error instanceof NotFetched || error instanceof Replaced;

/** What models said is long, and no verdict needs it. */
function withoutWords({ task, before, after }: Judged): Judged {
  const short = (score: TaskScore): TaskScore => {
    return { ...score, items: score.items.map((item) => ({ ...item, said: null })) };
  };
  return { task, before: short(before), after: short(after) };
}

/** JSON has no NaN: it comes back as null. */
const numbered = (result: Result): Result => ({ ...result, objective: result.objective ?? NaN });

export type SearchStore = ReturnType<typeof createSearchStore>;
