import { beforeEach, expect, test, vi } from 'vitest';
import type { TaskScore } from '../evaluate/tasks/score.ts';
import { type ExactTask, usualSplit } from '../evaluate/tasks/task.ts';
import { noteLineage } from '../stores/lineages.ts';
import { scoredOf, scoreKey } from '../stores/scores.ts';
import { openModel } from '../stores/session.ts';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import { resultsFor } from './results.ts';

const models = ['base', 'one', 'two'].map((id) => fakeModel(id, id, fakeWeights));
const task = (id: string): ExactTask => ({
  ...{ id, title: id, kind: 'exact', skill: 'own', split: usualSplit, match: 'exact', stops: [] },
  items: [{ prompt: 'a', answer: 'b' }],
});
const score = (of: string): TaskScore => ({
  ...{ task: of, kind: 'exact', part: 'held-out', mean: 1, loss: 0.5 },
  items: [{ item: 0, score: 1, loss: 0.5, tokens: 1, said: 'b' }],
});
const lineage = {
  ...{ how: 'A sweep of λ: 11 points', asked: 'x', before: null, after: '0.5 nats a token' },
  ...{ judged: [], verdict: null },
};

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
});

async function opened() {
  const session = fakeSession(recipeOf(models[0], models.slice(1)));
  for (const model of models) await openModel(session, refTo(model), fakeWeights);
  const { addTask, recall, extent } = session.scores.getState();
  for (const id of ['x', 'y']) addTask(task(id));
  const recipe = () => session.recipe.getState().recipe;
  const scored = (at: number, of: string) =>
    recall(new Map([[scoreKey(scoredOf(session)[at].key, task(of), extent), score(of)]]));
  return { session, recipe, scored, results: () => resultsFor(session, recipe()) };
}

test('a merge that was scored brings its scores and its parents’, on the tasks that it was asked', async () => {
  const { scored, results } = await opened();
  scored(1, 'x');
  scored(1, 'y');
  scored(3, 'x');
  const { sections, accounts } = await results();
  expect(sections).toHaveLength(1);
  expect(sections[0]).toContain('| one | 100 %');
  const [{ name, text }] = accounts;
  expect(name).toBe('amalgam-scores.json');
  const { kind, tasks, rows, found } = JSON.parse(text);
  expect([kind, tasks.length, found]).toEqual(['scores', 1, null]);
  expect(rows.map(({ title, scores }: Row) => [title, scores.map((each) => each.task)])).toEqual([
    ['base', []],
    ['one', ['x']],
    ['two', []],
    ['The merge', ['x']],
  ]);
  expect([rows[1].model.id, rows[3].recipe.method]).toEqual(['one', 'task_arithmetic']);
});

test('a merge of another recipe brings none of them', async () => {
  const { session, recipe, scored, results } = await opened();
  scored(3, 'x');
  session.recipe.getState().replace({ ...recipe(), values: { lambda: 0.3 } });
  expect(await results()).toEqual({ sections: [], accounts: [] });
});

test('a merge whose numbers were found tells how, until one of them is another', async () => {
  const { session, recipe, results } = await opened();
  noteLineage(recipe(), lineage);
  const { sections, accounts } = await results();
  expect(sections[0]).toContain('## How the numbers were found');
  expect(JSON.parse(accounts[0].text)).toMatchObject({ rows: [], found: lineage });
  session.recipe.getState().replace({ ...recipe(), values: { lambda: 0.3 } });
  expect((await results()).sections).toEqual([]);
});

type Row = { readonly title: string; readonly scores: readonly { readonly task: string }[] };
