import { describe, expect, test, vi } from 'vitest';
import type { DeviceReport } from '../engine/protocol.ts';
import { noneRun, UnableError } from '../evaluate/runner.ts';
import type { TaskScore } from '../evaluate/tasks/score.ts';
import { type ExactTask, usualSplit } from '../evaluate/tasks/task.ts';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import type { Engine } from './engine.ts';
import { type Extent, scoredOf, scoreKey } from './scores.ts';
import { openModel, type Session } from './session.ts';

const [base, one, two] = ['base', 'one', 'two'].map((id) => fakeModel(id, id, fakeWeights));

const task = (id: string): ExactTask => ({
  ...{ id, title: id, kind: 'exact', skill: 'own', split: usualSplit, match: 'exact', stops: [] },
  items: [
    { prompt: 'a', answer: 'b' },
    { prompt: 'c', answer: 'd' },
  ],
});

const scoreOf = (of: string, mean: number): TaskScore => ({
  ...{ task: of, kind: 'exact', part: 'held-out', items: [], mean, loss: 0 },
});

type Score = Engine['score'];

async function opened(score: Score) {
  const session = fakeSession(recipeOf(base, [one, two]), { score });
  for (const model of [base, one, two]) await openModel(session, refTo(model), fakeWeights);
  const { scores } = session;
  const state = () => scores.getState();
  const meanOf = (at: number, of: string) => {
    const { key } = scoredOf(session)[at];
    const asked = state().tasks.find(({ id }) => id === of)!;
    return state().known.get(scoreKey(key, asked, state().extent))?.mean;
  };
  return { session, state, meanOf };
}

test('base, experts and merge are scored on every task, each once', async () => {
  let count = 0;
  const score = vi.fn<Score>(async (_, how) => scoreOf(how.task.id, ++count));
  const { state, meanOf } = await opened(score);
  state().addTask(task('x'));
  state().addTask(task('y'));
  state().score();
  await vi.waitFor(() => expect(meanOf(3, 'y')).toBe(8));
  expect([0, 1, 2, 3].map((at) => meanOf(at, 'x'))).toEqual([1, 3, 5, 7]);
  const subjects = score.mock.calls.map(([subject]) =>
    subject.kind === 'model' ? subject.model : subject.order.recipe.method,
  );
  expect(subjects.filter((_, i) => i % 2 === 0)).toEqual([
    ...['base', 'one', 'two', 'task_arithmetic'],
  ]);
  await vi.waitFor(() => expect(state().isLooking).toBe(false));
  state().score();
  await vi.waitFor(() => expect(state().isLooking).toBe(false));
  expect(score).toHaveBeenCalledTimes(8);
});

test('another weight makes another merge; the parents’ scores stay', async () => {
  const score = vi.fn<Score>(async (_, how) => scoreOf(how.task.id, 0.5));
  const { session, state, meanOf } = await opened(score);
  state().addTask(task('x'));
  state().score();
  await vi.waitFor(() => expect(state().isLooking).toBe(false));
  const { recipe } = session.recipe.getState();
  session.recipe.getState().replace({ ...recipe, values: { lambda: 0.25 } });
  expect([0, 1, 2, 3].map((at) => meanOf(at, 'x'))).toEqual([0.5, 0.5, 0.5, undefined]);
  state().score();
  await vi.waitFor(() => expect(meanOf(3, 'x')).toBe(0.5));
  expect(score).toHaveBeenCalledTimes(5);
});

test('a file of the same name with other items is asked again', async () => {
  let count = 0;
  const score = vi.fn<Score>(async (_, how) => scoreOf(how.task.id, ++count));
  const { state, meanOf } = await opened(score);
  state().addTask(task('x'));
  state().score();
  await vi.waitFor(() => expect(meanOf(3, 'x')).toBe(4));
  await vi.waitFor(() => expect(state().isLooking).toBe(false));
  state().addTask({ ...task('x'), items: [{ prompt: 'e', answer: 'f' }] });
  expect(meanOf(0, 'x')).toBe(undefined);
  state().score();
  await vi.waitFor(() => expect(meanOf(3, 'x')).toBe(8));
});

test('a model that cannot be run is told by itself, asked no more, and stops nobody else', async () => {
  let isEnded = false;
  const score = vi.fn<Score>(async (subject, how, listeners) => {
    if (subject.kind !== 'model' || subject.model !== 'one') return scoreOf(how.task.id, 1);
    if (how.task.id === 'x') {
      throw Object.assign(new Error('no such architecture'), { context: { scope: noneRun } });
    }
    return new Promise((_, reject) => {
      listeners?.signal?.addEventListener('abort', () => {
        isEnded = true;
        reject(new Error('cancelled'));
      });
    });
  });
  const { session, state, meanOf } = await opened(score);
  for (const id of ['x', 'y']) state().addTask(task(id));
  state().score();
  await vi.waitFor(() => expect(state().isLooking).toBe(false));
  const { key } = scoredOf(session)[1];
  expect([...state().refused].map(([of, { message }]) => [of, message])).toEqual([
    [key, 'no such architecture'],
  ]);
  expect([meanOf(0, 'y'), meanOf(2, 'y'), meanOf(3, 'y'), isEnded]).toEqual([1, 1, 1, true]);
});

test('a task that fails is told of its model, which is asked the others', async () => {
  const score = vi.fn<Score>(async (subject, how) => {
    const isOne = subject.kind === 'model' && subject.model === 'one';
    if (isOne && how.task.id === 'x') throw new RangeError('a prompt is too long');
    return scoreOf(how.task.id, 1);
  });
  const { session, state, meanOf } = await opened(score);
  for (const id of ['x', 'y']) state().addTask(task(id));
  state().score();
  await vi.waitFor(() => expect(meanOf(3, 'y')).toBe(1));
  expect([meanOf(1, 'x'), meanOf(1, 'y')]).toEqual([undefined, 1]);
  const key = scoreKey(scoredOf(session)[1].key, state().tasks[0], state().extent);
  expect([...state().refused].map(([at, { message }]) => [at, message])).toEqual([
    [key, 'a prompt is too long'],
  ]);
});

test('a model that is not able to a task is asked the others', async () => {
  const score = vi.fn<Score>(async (subject, how) => {
    const isOne = subject.kind === 'model' && subject.model === 'one';
    if (isOne && how.task.id === 'x') throw new UnableError({ title: 'one' }, 'answers');
    return scoreOf(how.task.id, 1);
  });
  const { session, state, meanOf } = await opened(score);
  for (const id of ['x', 'y']) state().addTask(task(id));
  state().score();
  await vi.waitFor(() => expect(meanOf(3, 'y')).toBe(1));
  expect([meanOf(1, 'x'), meanOf(1, 'y')]).toEqual([undefined, 1]);
  const key = scoreKey(scoredOf(session)[1].key, state().tasks[0], state().extent);
  expect([...state().refused.keys()]).toEqual([key]);
  expect(state().refused.get(key)?.advice).toContain('It can be scored on pairs');
  expect(score).toHaveBeenCalledTimes(8);
});

test('what is to be fetched is told before anything is', async () => {
  const score = vi.fn<Score>(async ({ kind }, { task: { id }, fetches }) =>
    fetches ? scoreOf(id, 1) : { toFetch: kind === 'model' ? 4000 : 12_000 },
  );
  const { state, meanOf } = await opened(score);
  state().addTask(task('x'));
  state().score();
  // The merge takes what its parents take.
  await vi.waitFor(() => expect(state().toFetch).toBe(12_000));
  state().fetch();
  await vi.waitFor(() => expect(meanOf(3, 'x')).toBe(1));
  expect(state().toFetch).toBe(0);
});

test('progress counts the half that is asked', async () => {
  let heard: readonly unknown[] = [];
  const score = vi.fn<Score>(async (_, how, listeners) => {
    listeners?.onMeasured?.(1, 1);
    heard = [...heard, state().progress];
    return scoreOf(how.task.id, 1);
  });
  const { state } = await opened(score);
  state().addTask(task('x'));
  state().setExtent({ part: 'held-out', most: null });
  state().score();
  await vi.waitFor(() => expect(heard).toHaveLength(4));
  // One of two items, of base, two experts and merge.
  expect(heard).toEqual([1, 2, 3, 4].map((done) => ({ done, total: 4 })));
});

test('cancelling ends it, and the rest is scored later', async () => {
  let isAgain = false;
  const score = vi.fn<Score>(
    (_, how, listeners) =>
      new Promise((resolve, reject) => {
        if (score.mock.calls.length === 1 || isAgain) return resolve(scoreOf(how.task.id, 1));
        listeners?.signal?.addEventListener('abort', () => reject(listeners.signal?.reason));
      }),
  );
  const { state, meanOf } = await opened(score);
  state().addTask(task('x'));
  state().score();
  await vi.waitFor(() => expect(score).toHaveBeenCalledTimes(4));
  state().cancel();
  await vi.waitFor(() => expect(state().isStopped).toBe(true));
  expect([0, 1].map((at) => meanOf(at, 'x'))).toEqual([1, undefined]);
  isAgain = true;
  state().score();
  await vi.waitFor(() => expect(meanOf(3, 'x')).toBe(1));
});

test('scoring is no step of undo', async () => {
  const { session, state, meanOf } = await opened(async (_, how) => scoreOf(how.task.id, 1));
  session.recipe.getState().replace({ ...session.recipe.getState().recipe, values: { lambda: 1 } });
  const before = session.recipe.getState();
  state().addTask(task('x'));
  state().score();
  await vi.waitFor(() => expect(meanOf(3, 'x')).toBe(1));
  expect(session.recipe.getState()).toBe(before);
});

test('models of one title are told apart by a number', async () => {
  const { session } = await opened(async (_, how) => scoreOf(how.task.id, 1));
  const { recipe } = session.recipe.getState();
  const named = recipe.experts.map(({ model, ...rest }) => {
    return { ...rest, model: { ...model, name: 'Tuned' } };
  });
  session.recipe.getState().replace({ ...recipe, experts: named });
  expect(scoredOf(session).map(({ title }) => title)).toEqual([
    ...['base', 'Tuned', 'Tuned (2)', 'The merge'],
  ]);
});

describe('what is known stands for', () => {
  const lambda = (session: Session, value: number) => {
    const { recipe } = session.recipe.getState();
    session.recipe.getState().replace({ ...recipe, values: { lambda: value } });
  };
  const contents = (session: Session, id: string, told: string) => {
    const { slots } = session.models.getState();
    session.models.setState({ slots: { ...slots, [id]: { ...slots[id], contents: told } } });
  };
  /** Of another visit, on which the models may have other ids and names. */
  const visit = async (ids: readonly string[] = ['base', 'one', 'two']) => {
    const models = ids.map((id) => fakeModel(id, `called ${id}`, fakeWeights));
    const session = fakeSession(recipeOf(models[0], models.slice(1)));
    for (const model of models) await openModel(session, refTo(model), fakeWeights);
    for (const [i, id] of ids.entries()) contents(session, id, `weights ${i}`);
    return session;
  };
  const keysOf = (session: Session) => scoredOf(session).map(({ key }) => key);
  const equalTo = (keys: readonly string[], others: readonly string[]) =>
    keys.map((key, at) => key === others[at]);

  test('the same weights under other ids and names, and a recipe of another name', async () => {
    const keys = keysOf(await visit());
    const other = await visit(['base', 'uno', 'due']);
    const { recipe } = other.recipe.getState();
    const rules = [
      { id: 'r', filter: { kind: 'contains', text: 'mlp' }, parameter: 'weight', value: 0.5 },
    ] as const;
    other.recipe.getState().replace({ ...recipe, output: { ...recipe.output, name: 'new' } });
    expect(equalTo(keys, keysOf(other))).toEqual([true, true, true, true]);
    const ruled = (session: Session, model: string) => {
      const { recipe: now } = session.recipe.getState();
      const its = rules.map((rule) => ({ ...rule, model }));
      session.recipe.getState().replace({ ...now, rules: its });
      return keysOf(session)[3];
    };
    expect(ruled(other, 'uno')).toBe(ruled(await visit(), 'one'));
    expect(ruled(other, 'uno')).not.toBe(ruled(await visit(), 'two'));
  });

  test('no model that was replaced, and no merge of it', async () => {
    const session = await visit();
    const keys = keysOf(session);
    contents(session, 'one', 'edited');
    expect(equalTo(keys, keysOf(session))).toEqual([true, false, true, false]);
  });

  test('no other recipe, and the same one again', async () => {
    const session = await visit();
    lambda(session, 0.5);
    const keys = keysOf(session);
    lambda(session, 0.25);
    expect(equalTo(keys, keysOf(session))).toEqual([true, true, true, false]);
    lambda(session, 0.5);
    expect(keysOf(session)).toEqual(keys);
  });

  test('no processor of another kind', async () => {
    const session = await visit();
    const keys = keysOf(session);
    session.device.setState({ report: { kind: 'webgpu' } as DeviceReport });
    expect(equalTo(keys, keysOf(session))).toEqual([false, false, false, false]);
  });

  test('no other items, part, number, split or way of counting, and any title or source', () => {
    const of = (part: Partial<ExactTask>, extent: Extent = { part: 'all', most: 100 }) =>
      scoreKey('m', { ...task('x'), ...part }, extent);
    expect(of({ title: 'other', source: { kind: 'own' } as never })).toBe(of({}));
    const [first, second] = task('x').items;
    const others = [
      of({ items: [first, { ...second, answer: 'e' }] }),
      of({ items: [second, first] }),
      of({ id: 'y' }),
      of({ match: 'trimmed' }),
      of({ stops: ['\n'] }),
      of({ split: { ...usualSplit, seed: 1 } }),
      of({}, { part: 'search', most: 100 }),
      of({}, { part: 'all', most: null }),
    ];
    expect(new Set([of({}), ...others]).size).toBe(1 + others.length);
  });
});

test('the scores that were found first are forgotten where there are too many, or too many items', async () => {
  const { state } = await opened(async (_, how) => scoreOf(how.task.id, 1));
  const many = (count: number, items: number) =>
    new Map(
      Array.from({ length: count }, (_, i) => {
        return [`k${i}`, { ...scoreOf('x', 1), items: Array(items).fill(null) }];
      }),
    );
  state().recall(many(2500, 1));
  expect([state().known.size, [...state().known.keys()][0]]).toEqual([2000, 'k500']);
  state().forget();
  expect(state().known.size).toBe(0);
  state().recall(many(5, 50_000));
  expect([...state().known.keys()]).toEqual(['k1', 'k2', 'k3', 'k4']);
});

test('a score is not kept for a model that was opened anew under its id while it was asked', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const score = vi.fn<Score>(async (_, how) => {
    await gate;
    return scoreOf(how.task.id, 0.5);
  });
  const { session, state, meanOf } = await opened(score);
  state().addTask(task('x'));
  state().score();
  await vi.waitFor(() => expect(score).toHaveBeenCalledTimes(4));
  const before = [0, 1, 2, 3].map((at) => scoredOf(session)[at].key);
  const { slots, admit } = session.models.getState();
  const { status } = slots[one.id];
  if (status.kind === 'open') admit(one.id, status.model, 'other weights');
  open();
  await vi.waitFor(() => expect(state().isLooking).toBe(false));
  const known = before.map((key) => state().known.has(scoreKey(key, task('x'), state().extent)));
  expect(known).toEqual([true, false, true, false]);
  expect([1, 3].map((at) => meanOf(at, 'x'))).toEqual([undefined, undefined]);
});
