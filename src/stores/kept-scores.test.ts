import { beforeEach, expect, test, vi } from 'vitest';
import type { TaskScore } from '../evaluate/tasks/score.ts';
import { type ExactTask, usualSplit } from '../evaluate/tasks/task.ts';
import { fakeSession } from '../testing/session.ts';
import { recallScores } from './kept-scores.ts';

/** The database of the browser, as far as it is asked here. */
const kept = new Map<string, Map<string, unknown>>();

vi.mock('./database.ts', () => ({
  async inStore(name: string, _mode: string, ask: (store: unknown) => unknown) {
    const all = kept.get(name) ?? new Map<string, unknown>();
    kept.set(name, all);
    return ask({
      getAll: () => [...all.values()],
      put: (value: unknown, key: string) => all.set(key, structuredClone(value)),
      delete: (key: string) => all.delete(key),
      count: () => all.size,
    });
  },
}));

const local = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  local.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => local.get(key) ?? null,
    setItem: (key: string, value: string) => local.set(key, value),
  });
});

const task = (id: string, skill: 'own' | 'held-in' = 'own', answer = 'b'): ExactTask => ({
  ...{ id, title: id, kind: 'exact', skill, split: usualSplit, match: 'exact', stops: [] },
  items: [{ prompt: 'a', answer }],
});

const score = (mean: number): TaskScore => ({
  ...{ task: 'x', kind: 'exact', part: 'all', items: [], mean, loss: 0 },
});

async function visit() {
  const session = fakeSession();
  await recallScores(session);
  const state = () => session.scores.getState();
  const ids = () => state().tasks.map(({ id }) => id);
  return { session, state, ids };
}

test('own tasks are there on the next visit, behind the bundled ones, until they are removed', async () => {
  const first = await visit();
  for (const id of ['mine', 'ours']) first.state().addTask(task(id));
  first.state().addTask(task('demo', 'held-in'));
  const second = await visit();
  expect(second.ids()).toEqual(['mine', 'ours']);
  second.state().addTask(task('demo', 'held-in'));
  expect(second.ids()).toEqual(['demo', 'mine', 'ours']);
  second.state().removeTask('mine');
  second.state().addTask(task('ours', 'own', 'edited'));
  const third = await visit();
  expect(third.state().tasks).toEqual([task('ours', 'own', 'edited')]);
});

test('a task that was added while the database was read is kept, and not replaced', async () => {
  (await visit()).state().addTask(task('x', 'own', 'old'));
  const session = fakeSession();
  session.scores.getState().addTask(task('x', 'own', 'new'));
  await recallScores(session);
  expect((await visit()).state().tasks).toEqual([task('x', 'own', 'new')]);
});

test('a task that is too long is there for one visit, and says so', async () => {
  const { session, state } = await visit();
  state().addTask(task('long', 'own', 'x'.repeat(2 ** 25)));
  expect(session.view.getState().notice).toMatchObject({
    text: 'long is too much to be kept for the next visit.',
  });
  expect((await visit()).ids()).toEqual([]);
});

test('scores are there on the next visit, in their order, until all are forgotten', async () => {
  const first = await visit();
  first.state().recall(new Map([['a', score(0.1)]]));
  first.state().recall(
    new Map([
      ['b', score(0.2)],
      ['c', score(0.3)],
    ]),
  );
  const second = await visit();
  expect([...second.state().known].map(([key, { mean }]) => [key, mean]).sort()).toEqual([
    ['a', 0.1],
    ['b', 0.2],
    ['c', 0.3],
  ]);
  second.state().forget();
  expect((await visit()).state().known.size).toBe(0);
});

test('a score for which another processor had to take over is not kept', async () => {
  const { session } = await visit();
  session.scores.setState({
    known: new Map([
      ['a', score(0.1)],
      ['b', score(0.2)],
    ]),
    passing: new Set(['b']),
  });
  expect([...(await visit()).state().known.keys()]).toEqual(['a']);
});

test('the scores that the store forgets the database forgets, too', async () => {
  const { state } = await visit();
  state().recall(new Map(Array.from({ length: 2000 }, (_, i) => [`k${i}`, score(0)])));
  state().recall(new Map([['older', score(1)]]));
  expect(kept.get('scores')!.size).toBe(2000);
});

test('as many items are asked on the next visit, unless what is kept makes no sense', async () => {
  const all = { part: 'all', most: null } as const;
  (await visit()).state().setExtent(all);
  expect((await visit()).state().extent).toEqual(all);
  local.set('amalgam.extent', '{"part":"search","most":"x"}');
  expect((await visit()).state().extent).toEqual({ part: 'held-out', most: 100 });
});
