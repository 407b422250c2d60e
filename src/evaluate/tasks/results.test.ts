import { expect, test } from 'vitest';
import { emptyRecipe } from '../../recipe/defaults.ts';
import { taskKey } from './key.ts';
import { resultsText, rowsTold } from './results.ts';
import type { TaskScore } from './score.ts';
import { type ExactTask, usualSplit } from './task.ts';

const task: ExactTask = {
  ...{ id: 't', title: 'Sort', kind: 'exact', skill: 'own', split: usualSplit, match: 'exact' },
  ...{ stops: [], items: [{ prompt: 'secret', answer: 'text' }] },
};
const score: TaskScore = {
  ...{ task: 't', kind: 'exact', part: 'held-out', mean: 0.8, loss: 1.5, backend: 'cpu' },
  items: Array.from({ length: 10 }, (_, item) => {
    return { item, score: Number(item < 8), loss: 1.5, tokens: 1, said: 'ab' };
  }),
};
const recipe = { ...emptyRecipe(), values: { lambda: 0.5 } };
const about = { writer: 'Amalgam 1', kind: 'scores', recipe, tasks: [task] } as const;
const base = { id: 'b', name: 'Base', origin: 'local', bytes: 3, fingerprint: 'ab' } as const;
const rows = [
  { title: 'Base', of: { model: base }, scores: [null] },
  { title: 'λ 0.5', of: { recipe }, values: { λ: 0.5 }, scores: [score] },
];

test('results tell what was scored, on what and how sure the scores are, and none of the items', () => {
  const text = resultsText(about, { rows: rowsTold(about.tasks, rows) });
  const told = JSON.parse(text);
  expect(told).toMatchObject({
    ...{ format: 'amalgam-results', version: 1, kind: 'scores', writer: 'Amalgam 1' },
    recipe: { method: recipe.method, values: { lambda: 0.5 } },
    tasks: [{ id: 't', measure: 'exact match', source: null, items: 1, key: taskKey(task) }],
  });
  expect(told.rows).toMatchObject([
    { title: 'Base', model: base, scores: [] },
    { title: 'λ 0.5', recipe: { values: { lambda: 0.5 } }, values: { λ: 0.5 } },
  ]);
  const [{ low, high, ...rest }] = told.rows[1].scores;
  expect(rest).toEqual({
    ...{ task: 't', part: 'held-out', asked: 10, value: 0.8, loss: 1.5, backend: 'cpu' },
  });
  // Wilson’s interval of 8 of 10.
  expect([low, high]).toEqual([expect.closeTo(0.49, 3), expect.closeTo(0.943, 3)]);
  expect(text).not.toContain('secret');
});

test('with every answer, where that is asked', () => {
  const [, told] = rowsTold(about.tasks, rows, true) as { scores: { items: unknown[] }[] }[];
  expect(told.scores[0].items[9]).toEqual({
    ...{ item: 9, score: 0, loss: 1.5, tokens: 1, said: 'ab' },
  });
});

test('equal recipes are equal texts, in whatever order their members stand', () => {
  const { method, ...rest } = recipe;
  const turned = { ...about, recipe: { ...rest, method } };
  expect(resultsText(turned, {})).toBe(resultsText(about, {}));
});
