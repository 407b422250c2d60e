import { createStore } from 'zustand/vanilla';
import type { Result, Step } from '../evaluate/search/step.ts';
import { taskKey } from '../evaluate/tasks/key.ts';
import { objectiveOf, type TaskScore } from '../evaluate/tasks/score.ts';
import type { Task } from '../evaluate/tasks/task.ts';
import { canonicalJson } from '../recipe/canonical.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Engine } from './engine.ts';
import { failureOf } from './failure.ts';
import { atRest, type Looking, lookingWith } from './looking.ts';
import { candidateOf } from './scores.ts';
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
  /** Bytes of weights that are to be fetched first; 0 for none. */
  readonly toFetch: number;
  begin(plan: SearchPlan, most: number): void;
  /** Ends what is under way; `resume` goes on there. */
  pause(): void;
  resume(): void;
  /** Scores the best so far on the held-out half, beside the recipe that was begun from. */
  judge(): void;
  /** Agrees to what is to be fetched, and goes on. */
  fetch(): void;
  /** The search that was begun before the page was loaded, where it was from this recipe and on these tasks. */
  restore(): void;
};

type Kept = Pick<Search, 'plan' | 'most'> & {
  readonly from: string;
  readonly known: readonly (readonly [id: string, result: Result])[];
};

const keptAs = 'amalgam.search';

/** Of another weights' bytes, which a person has to agree to. */
class NotFetched extends Error {
  constructor(readonly bytes: number) {
    super('Weights are to be fetched first.');
  }
}

export function createSearchStore(
  engine: Pick<Engine, 'score'>,
  from: Pick<Session, 'recipe' | 'models' | 'device' | 'scores'>,
) {
  let known = new Map<string, Result>();
  let agreed: unknown = null;
  const store = createStore<SearchState>()((set, get) => ({
    ...{ ...atRest, search: null, isJudging: false, toFetch: 0 },
    begin(plan, most) {
      if (get().isLooking) return;
      known = new Map();
      set({ search: fresh(plan, most), isStopped: false });
      void run();
    },
    pause: () => looking.cancel(),
    resume: () => void run(),
    judge: () => void judge(),
    fetch() {
      agreed = from.models.getState().slots;
      void run();
    },
    restore() {
      const kept = recall(keptAs) as Kept | null;
      if (get().search || !kept?.plan || kept.known.length === 0) return;
      const search = fresh(kept.plan, kept.most);
      if (search.tasks.length === 0 || kept.from !== keyOf(search)) return;
      known = new Map(kept.known.map(([id, result]) => [id, numbered(result)]));
      set({ search, isStopped: true });
    },
  }));
  const looking = lookingWith(store.setState);
  const keeper = quietly(() => {
    const { search } = store.getState();
    if (!search) return;
    const { plan, most } = search;
    remember(keptAs, { plan, most, from: keyOf(search), known: [...known] } satisfies Kept);
  }, 500);
  globalThis.addEventListener?.('pagehide', keeper.flush);

  function fresh(plan: SearchPlan, most: number): Search {
    const { tasks } = from.scores.getState();
    const { recipe: start } = from.recipe.getState();
    return { plan, start, tasks, most, steps: [], ended: null, judged: [] };
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
    return found;
  }

  /** From the beginning, without asking again what is known. */
  async function run(): Promise<void> {
    const { search, isLooking } = store.getState();
    if (!search || isLooking) return;
    store.setState({ failure: null, toFetch: 0 });
    change({ steps: [], ended: null, judged: [] });
    const { plan, start, tasks, most } = search;
    await work(async (signal, onMeasured) => {
      const how = { part: 'search', most, what: 'loss' } as const;
      const evaluate = async ({ recipe }: { readonly recipe: Recipe }): Promise<Result> => {
        const scores: [string, number][] = [];
        try {
          for (const task of tasks) {
            scores.push([task.title, objectiveOf(await scoreOf(recipe, task, how, signal))]);
          }
        } catch (error) {
          signal.throwIfAborted();
          // Where the first cannot be run, none can; a later one only has no number.
          if (error instanceof NotFetched || known.size === 0) throw error;
          return { objective: Number.NaN };
        }
        const sum = scores.reduce((before, [, loss]) => before + loss, 0);
        return { objective: sum / scores.length, scores: Object.fromEntries(scores) };
      };
      const generator = stepsOf(plan, start, { evaluate, signal, known });
      const steps: Step[] = [];
      let next = await generator.next();
      for (; !next.done; next = await generator.next()) {
        const step = next.value;
        const isNew = !known.has(step.candidate.id);
        known.set(step.candidate.id, step.result);
        steps.push(step);
        if (!isNew) continue;
        change({ steps: [...steps] });
        keeper.later();
        if (step.of !== null) onMeasured(step.done, step.of);
      }
      change({ steps: [...steps], ended: { by: next.value } });
    });
    const { search: now, isStopped, failure, toFetch } = store.getState();
    if (now?.ended && !isStopped && !failure && toFetch === 0 && plan.kind !== 'line')
      await judge();
  }

  async function judge(): Promise<void> {
    const { search, isLooking } = store.getState();
    const best = search?.steps.at(-1)?.best;
    if (!search || !best || isLooking) return;
    store.setState({ isJudging: true, failure: null });
    change({ judged: [] });
    await work(async (signal, onMeasured) => {
      const how = { part: 'held-out', most: null, what: 'score and loss' } as const;
      const judged: Judged[] = [];
      for (const task of search.tasks) {
        const before = await scoreOf(search.start, task, how, signal);
        const after = await scoreOf(best.candidate.recipe, task, how, signal);
        judged.push({ task, before, after });
        onMeasured(judged.length, search.tasks.length);
      }
      change({ judged });
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

const keyOf = ({ start, tasks }: Search) =>
  JSON.stringify([canonicalJson(start), tasks.map(taskKey)]);

/** JSON has no NaN: it comes back as null. */
const numbered = (result: Result): Result => ({ ...result, objective: result.objective ?? NaN });

export type SearchStore = ReturnType<typeof createSearchStore>;
