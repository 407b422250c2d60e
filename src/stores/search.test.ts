import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UnableError } from '../evaluate/runner.ts';
import type { TaskScore } from '../evaluate/tasks/score.ts';
import { type ExactTask, type PairTask, usualSplit } from '../evaluate/tasks/task.ts';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import type { Engine } from './engine.ts';
import { askedOf, createSearchStore } from './search.ts';
import type { SearchPlan } from './search-plan.ts';
import { openModel, type Session } from './session.ts';

type Score = Engine['score'];
const models = ['base', 'one', 'two'].map((id) => fakeModel(id, id, fakeWeights));
const task: ExactTask = {
  ...{ id: 'x', title: 'x', kind: 'exact', skill: 'own', split: usualSplit, match: 'exact' },
  ...{ stops: [], items: ['a', 'c'].map((prompt) => ({ prompt, answer: 'b' })) },
};
const plan: SearchPlan = {
  ...{ kind: 'evolve', keys: ['lambda'], ranges: {}, detail: { kind: 'whole' }, begin: 'recipe' },
  ...{ budget: 40, seed: 1, sigma: 0.2, population: null, restarts: 0 },
};

/** The loss is least at λ = 0.37, and every item is right there. */
const bowl: Score = async (subject, how) => {
  const { values } = (subject as Extract<typeof subject, { kind: 'recipe' }>).order.recipe;
  const loss = (Number(values.lambda ?? 1) - 0.37) ** 2;
  const score = how.what === 'loss' ? null : Number(loss < 0.01);
  return {
    ...{ task: how.task.id, kind: 'exact', part: how.part, mean: score, loss },
    items: [{ item: 0, score, loss, tokens: 1, said: null }],
  } as TaskScore;
};

let places = 0;

async function opened(score: Score) {
  const [base, ...experts] = models;
  const session = fakeSession(recipeOf(base, experts), { score });
  for (const model of models) await openModel(session, refTo(model), fakeWeights);
  session.scores.getState().addTask(task);
  // Another place for each: an earlier test's may still be written.
  const keptAs = `kept ${++places}`;
  const search = createSearchStore(session.engine, session, keptAs);
  return { session, search, keptAs, state: () => search.getState() };
}

function replaced({ models: { getState, setState } }: Session, id: string) {
  const { slots } = getState();
  setState({ slots: { ...slots, [id]: { ...slots[id], contents: 'other weights' } } });
}

test('a search finds the valley on the search half, and judges it on the other', async () => {
  const score = vi.fn<Score>(bowl);
  const { state } = await opened(score);
  state().begin(plan, 25);
  await vi.waitFor(() => expect(state().search?.judged).toHaveLength(1));
  const { steps, judged } = state().search!;
  expect(Number(steps.at(-1)!.best!.candidate.recipe.values.lambda)).toBeCloseTo(0.37, 1);
  expect(judged[0]).toMatchObject({ before: { mean: 0 }, after: { mean: 1, part: 'held-out' } });
  const parts = score.mock.calls.map(([, how]) => how.part);
  expect(parts.slice(0, -2).every((part) => part === 'search')).toBe(true);
});

test('a search runs its models on what was chosen', async () => {
  const score = vi.fn<Score>(bowl);
  const { session, state } = await opened(score);
  session.device.setState({ choice: 'webgpu' });
  state().begin({ kind: 'uniform' }, 25);
  await vi.waitFor(() => expect(state().search?.judged).toHaveLength(1));
  expect(score.mock.calls.map(([, how]) => how.backend)).toEqual([
    ...['webgpu', 'webgpu', 'webgpu'],
  ]);
});

test('a search that is paused goes on where it was, and asks nothing twice', async () => {
  const score = vi.fn<Score>(bowl);
  const { state, search } = await opened(score);
  const stop = search.subscribe(({ search: now, pause }) => {
    if (now?.steps.length === 5) pause();
  });
  state().begin(plan, 25);
  await vi.waitFor(() => expect(state().isStopped).toBe(true));
  stop();
  const before = score.mock.calls.length;
  // Some are asked ahead.
  expect(before).toBeLessThan(5 + 16 + 1);
  state().resume();
  await vi.waitFor(() => expect(state().search?.judged).toHaveLength(1));
  const { steps } = state().search!;
  const asked = new Set(steps.map(({ candidate }) => candidate.id)).size;
  expect(score.mock.calls.length).toBeLessThanOrEqual(asked + 1 + 2);
});

test('a model that is opened anew ends the search, which then asks again', async () => {
  const score = vi.fn<Score>(bowl);
  const { session, state, search } = await opened(score);
  const stop = search.subscribe(({ search: now }) => {
    if (now?.steps.length !== 5) return;
    stop();
    replaced(session, 'one');
  });
  state().begin(plan, 25);
  await vi.waitFor(() => expect(state().failure?.message).toContain('opened anew'));
  const before = score.mock.calls.length;
  state().resume();
  await vi.waitFor(() => expect(state().search?.judged).toHaveLength(1));
  expect(score.mock.calls.length - before).toBeGreaterThanOrEqual(state().search!.steps.length);
});

test('a search that has come to the end of its budget goes on with more', async () => {
  const { state } = await opened(bowl);
  state().begin({ ...plan, budget: 5 }, 25);
  await vi.waitFor(() => expect(state().search?.judged).toHaveLength(1));
  const before = state().search!.steps;
  expect([before.length, state().search!.ended]).toEqual([5, { by: 'The budget is used up.' }]);
  state().extend(7);
  await vi.waitFor(() => expect(state().search?.judged).toHaveLength(1));
  expect(
    state()
      .search!.steps.map(({ candidate }) => candidate.id)
      .slice(0, 5),
  ).toEqual([...before.map(({ candidate }) => candidate.id)]);
  expect(state().search!.steps).toHaveLength(12);
});

test('a grid tries every two values and judges none', async () => {
  const { state } = await opened(bowl);
  const [down, across] = ['lambda', 'weight of one'].map((dial) => {
    return { dial, range: [0, 1] as const, points: 3 };
  });
  state().begin({ kind: 'grid', along: [down, across] }, 25);
  await vi.waitFor(() => expect(state().search?.ended).not.toBeNull());
  expect(state().isLooking).toBe(false);
  const { steps, judged } = state().search!;
  expect([steps.length, judged]).toEqual([9, []]);
  expect(steps.at(-1)!.best!.candidate.values.λ).toBe(0.5);
});

describe('after a reload', () => {
  const stored = new Map<string, string>();
  beforeEach(() => {
    stored.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  test('a search that was paused stands there as it was, whatever the recipe has become', async () => {
    const { session, state, search, keptAs } = await opened(bowl);
    const stop = search.subscribe(({ search: now, pause }) => {
      if (now?.steps.length === 9) pause();
    });
    state().begin(plan, 25);
    await vi.waitFor(() => expect(state().isStopped).toBe(true));
    stop();
    const before = state().search!;
    await vi.waitFor(() => expect(stored.get(keptAs)).toBeDefined());
    session.recipe.getState().setValue('lambda', 0.9);
    const score = vi.fn<Score>(bowl);
    const again = createSearchStore({ score }, session, keptAs);
    again.getState().restore();
    await vi.waitFor(() => expect(again.getState().isStopped).toBe(true));
    expect(again.getState().search).toEqual(before);
    expect(score).not.toHaveBeenCalled();
    again.getState().resume();
    await vi.waitFor(() => expect(again.getState().search?.judged).toHaveLength(1));
    expect(again.getState().search!.steps.slice(0, before.steps.length)).toEqual(before.steps);
  });

  test('a search of other tasks is not taken up', async () => {
    const { session, state, keptAs } = await opened(bowl);
    state().begin({ kind: 'uniform' }, 25);
    await vi.waitFor(() => expect(stored.get(keptAs)).toBeDefined());
    session.scores.getState().addTask({ ...task, id: 'another' });
    const again = createSearchStore(session.engine, session, keptAs);
    again.getState().restore();
    expect(again.getState().search).toBeNull();
  });

  test('a search of a model that holds something else now is not taken up', async () => {
    const { session, state, keptAs } = await opened(bowl);
    state().begin({ kind: 'uniform' }, 25);
    await vi.waitFor(() => expect(stored.get(keptAs)).toBeDefined());
    replaced(session, 'one');
    const again = createSearchStore(session.engine, session, keptAs);
    again.getState().restore();
    expect(again.getState().search).toBeNull();
  });

  test('a search that is too long for the room there is says so', async () => {
    vi.stubGlobal('localStorage', {
      getItem: () => null,
      setItem() {
        throw new DOMException('full', 'QuotaExceededError');
      },
    });
    const { state } = await opened(bowl);
    state().begin({ kind: 'uniform' }, 25);
    await vi.waitFor(() => expect(state().isKept).toBe(false));
  });
});

describe('of tasks that not every model is able to', () => {
  const pairs: PairTask = {
    ...{ id: 'p', title: 'x', kind: 'pairs', skill: 'own', split: usualSplit },
    items: [1, 2, 3, 4].map((score) => ({ a: `a${score}`, b: `b${score}`, score })),
  };
  const decoder: Score = async (subject, how, listeners) => {
    if (how.task.kind === 'pairs') throw new UnableError({ title: 'A candidate' }, 'embeddings');
    return bowl(subject, how, listeners);
  };

  test('those that it is able to are searched, and the rest left out', async () => {
    const { session, state } = await opened(decoder);
    session.scores.getState().addTask(pairs);
    state().begin({ kind: 'uniform' }, 25);
    await vi.waitFor(() => expect(state().search?.judged).toHaveLength(1));
    expect(askedOf(state().search!)).toEqual([task]);
    expect(state().search!.steps[0].result.objective).toBeCloseTo((1 - 0.37) ** 2, 9);
  });

  test('where it is able to none, the search says why', async () => {
    const { session, state } = await opened(decoder);
    session.scores.getState().addTask(pairs);
    session.scores.getState().removeTask('x');
    state().begin({ kind: 'uniform' }, 25);
    await vi.waitFor(() => expect(state().failure?.message).toContain('makes no embeddings'));
  });

  test('a task of one question is not searched', async () => {
    const { session, state } = await opened(bowl);
    session.scores.getState().addTask({ ...task, items: task.items.slice(0, 1) });
    state().begin({ kind: 'uniform' }, 25);
    await vi.waitFor(() => expect(state().failure?.message).toContain('No task has two questions'));
  });
});

test('where the first candidate cannot be run, the search says why', async () => {
  const { state } = await opened(async () => {
    throw new Error('No tokenizer.');
  });
  state().begin(plan, 25);
  await vi.waitFor(() => expect(state().failure?.message).toContain('No tokenizer.'));
  expect(state().isLooking).toBe(false);
});

test('a greedy soup tells what was taken', async () => {
  const { state } = await opened(bowl);
  state().begin({ kind: 'greedy' }, 25);
  await vi.waitFor(() => expect(state().search?.ended).not.toBeNull());
  expect(state().search!.ended!.by).toMatchObject({ log: [{ taken: true }, { taken: true }] });
});
