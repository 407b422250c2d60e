import { expect, test, vi } from 'vitest';
import type { TaskScore } from '../evaluate/tasks/score.ts';
import { type ExactTask, usualSplit } from '../evaluate/tasks/task.ts';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import type { Engine } from './engine.ts';
import { createSearchStore } from './search.ts';
import type { SearchPlan } from './search-plan.ts';
import { openModel } from './session.ts';

type Score = Engine['score'];
const models = ['base', 'one', 'two'].map((id) => fakeModel(id, id, fakeWeights));
const task: ExactTask = {
  ...{ id: 'x', title: 'x', kind: 'exact', skill: 'own', split: usualSplit, match: 'exact' },
  ...{ stops: [], items: [{ prompt: 'a', answer: 'b' }] },
};
const plan: SearchPlan = {
  ...{ kind: 'evolve', keys: ['lambda'], detail: { kind: 'whole' }, budget: 40, seed: 1 },
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

async function opened(score: Score) {
  const [base, ...experts] = models;
  const session = fakeSession(recipeOf(base, experts), { score });
  for (const model of models) await openModel(session, refTo(model), fakeWeights);
  session.scores.getState().addTask(task);
  const search = createSearchStore(session.engine, session);
  return { session, search, state: () => search.getState() };
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
  expect(before).toBeLessThan(8);
  state().resume();
  await vi.waitFor(() => expect(state().search?.judged).toHaveLength(1));
  const { steps } = state().search!;
  const asked = new Set(steps.map(({ candidate }) => candidate.id)).size;
  expect(score.mock.calls.length).toBeLessThanOrEqual(asked + 1 + 2);
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
