import { expect, test } from 'vitest';
import type { TaskScore } from '../../evaluate/tasks/score.ts';
import { type ExactTask, usualSplit } from '../../evaluate/tasks/task.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { Search } from '../../stores/search.ts';
import { searchText, sweepLines, sweepText } from './documents.ts';
import { searchLineage } from './lineage.ts';

const task: ExactTask = {
  ...{ id: 't', title: 'Sort', kind: 'exact', skill: 'own', split: usualSplit, match: 'exact' },
  ...{ stops: [], items: [] },
};
const score = (right: number): TaskScore => ({
  ...{ task: 't', kind: 'exact', part: 'held-out', mean: right / 100, loss: 1 - right / 100 },
  items: Array.from({ length: 100 }, (_, item) => {
    return { item, score: Number(item < right), loss: 1, tokens: 1, said: 'x' };
  }),
});
const recipe = (lambda: number) => ({
  ...{ ...emptyRecipe(), method: 'task_arithmetic', values: { lambda } },
});
const tried = (lambda: number, objective: number) => ({
  candidate: {
    ...{ id: `${lambda}`, title: `${lambda}`, values: { λ: lambda }, recipe: recipe(lambda) },
  },
  result: { objective, scores: { Sort: objective } },
});
const [first, second] = [tried(1, 1.5), tried(0.4, 0.9)];
const search: Search = {
  plan: {
    ...{ kind: 'evolve', keys: ['lambda'], ranges: {}, detail: { kind: 'whole' } },
    ...{ begin: 'recipe', sigma: 0.2, population: null, restarts: 0, budget: 2, seed: 1 },
  },
  ...{ start: recipe(1), tasks: [task], most: 25, ended: null },
  steps: [
    { ...first, best: first, done: 1, of: 2 },
    { ...second, best: second, done: 2, of: 2 },
  ],
  judged: [{ task, before: score(50), after: score(80) }],
};

test('a search tells what was varied, the losses of start and best, and how the other half judged', () => {
  const told = searchLineage(search)!;
  expect(told).toMatchObject({
    how: 'CMA-ES over λ: 2 candidates',
    asked: 'up to 25 items of the search half of Sort',
    ...{ before: '1.5000 nats a token', after: '0.9000 nats a token' },
    judged: [{ task: 'Sort', verdict: 'better' }],
  });
  expect(told.judged[0].after).toMatch(/^80 % \(71\.\d–86\.\d %\)$/);
  expect(told.verdict).toContain('It beats the recipe it began from (Task arithmetic)');
});

test('a search that was not judged, and did not try its start, says neither', () => {
  const soup = searchLineage({ ...search, plan: { kind: 'greedy' }, judged: [] })!;
  expect([soup.before, soup.judged, soup.verdict]).toEqual([null, [], null]);
  expect(searchLineage({ ...search, steps: [] })).toBe(null);
});

test('a search goes out in the envelope of scores, with all that was tried and how it was judged', () => {
  const told = JSON.parse(searchText(recipe(0.4), search, false));
  expect(told).toMatchObject({
    ...{ format: 'amalgam-results', version: 1, kind: 'search', part: 'search', most: 25 },
    tried: [
      { step: 1, λ: 1, Sort: 1.5, objective: 1.5 },
      { step: 2, λ: 0.4, Sort: 0.9, objective: 0.9 },
    ],
    best: { values: { λ: 0.4 }, objective: 0.9, recipe: { values: { lambda: 0.4 } } },
    judged: [{ task: 't', verdict: 'better', before: { value: 0.5, asked: 100 } }],
  });
  expect(told.judged[0].after.items).toBe(undefined);
  expect(JSON.parse(searchText(recipe(0.4), search, true)).judged[0].after.items).toHaveLength(100);
});

test('a sweep goes out with the number that was turned, and the recipe of each point', () => {
  const points = [0.4, 1].map((x) => {
    return { x, title: `λ ${x}`, recipe: recipe(x), scores: x === 1 ? [null] : [score(80)] };
  });
  const dial = { id: 'lambda', label: 'λ' };
  const { kind, along, rows } = JSON.parse(sweepText(recipe(1), dial, [task], points, false));
  expect([kind, along]).toEqual(['sweep', dial]);
  expect(rows).toMatchObject([
    { values: { λ: 0.4 }, recipe: { values: { lambda: 0.4 } }, scores: [{ value: 0.8 }] },
    { values: { λ: 1 }, scores: [] },
  ]);
  expect(sweepLines('λ', [task], points).slice(1)).toEqual([
    [0.4, 'Sort', 'exact', 'held-out', 100, 0.8, expect.closeTo(0.2, 12)],
  ]);
});
