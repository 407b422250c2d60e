import { expect, test } from 'vitest';
import { scoresSection } from './card.ts';
import type { TaskScore } from './score.ts';
import { type ExactTask, type Task, usualSplit } from './task.ts';

const task: ExactTask = {
  ...{ id: 't', title: 'Sort | it', kind: 'exact', skill: 'own', split: usualSplit },
  ...{ match: 'exact', stops: [], items: [] },
};
const score = (right: number): TaskScore => ({
  ...{ task: 't', kind: 'exact', part: 'held-out', mean: right / 10, loss: 1 },
  items: Array.from({ length: 10 }, (_, item) => ({
    ...{ item, score: Number(item < right), loss: 1, tokens: 1, said: null },
  })),
});

test('a model card tells the scores of parents and merge with their intervals, and what was asked', () => {
  const rows = [
    { title: 'Base', scores: [null] },
    { title: 'The merge', scores: [score(8)] },
  ];
  expect(scoresSection([task], rows).split('\n')).toEqual([
    ...['## Scores', ''],
    'As the models answered in the page that merged them, with 95 % intervals. Sort \\| it: 10 items, of the half that no search looked at.',
    ...['', '|  | Sort \\| it (exact match) |', '| --- | --- |', '| Base | – |'],
    // Wilson’s interval of 8 of 10.
    '| The merge | 80 % (49 % to 94.3 %) |',
  ]);
});

test('a score of one piece of text has no interval', () => {
  const text: Task = {
    ...{ id: 'p', title: 'Text', kind: 'text', skill: 'own', split: usualSplit },
    items: [],
  };
  const one: TaskScore = {
    ...{ task: 'p', kind: 'text', part: 'all', mean: 12.5, loss: Math.log(12.5) },
    items: [{ item: 0, score: null, loss: 9 * Math.log(12.5), tokens: 9, said: null }],
  };
  const told = scoresSection([text], [{ title: 'Base', scores: [one] }]);
  expect(told).toContain('Text: 1 item, all of the task.');
  expect(told).toContain('| Base | 12.50 |');
});
