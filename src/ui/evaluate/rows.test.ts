import { describe, expect, test } from 'vitest';
import type { TaskScore } from '../../evaluate/tasks/score.ts';
import { type ExactTask, type Task, usualSplit } from '../../evaluate/tasks/task.ts';
import { between, worded } from '../../evaluate/tasks/worded.ts';
import { type Scored, scoreKey } from '../../stores/scores.ts';
import { linesOf, rowsOf, stageOf, toScore } from './rows.ts';
import { bestOf } from './sweep.ts';
import { verdict } from './verdict.ts';

const extent = { part: 'all', most: null } as const;
const items = Array.from({ length: 100 }, (_, i) => ({ prompt: `${i}`, answer: 'x' }));
const task = (id: string): ExactTask => ({
  ...{ id, title: id, kind: 'exact', skill: 'own', split: usualSplit, match: 'exact', stops: [] },
  items,
});
const tasks = [task('sort'), task('add')];

/** The first `right` items are right. */
const score = (of: string, right: number): TaskScore => ({
  ...{ task: of, kind: 'exact', part: 'all', mean: right / 100, loss: 1 - right / 100 },
  items: items.map((_, item) => ({
    ...{ item, score: Number(item < right), loss: 1, tokens: 1, said: null },
  })),
});

const subject = { kind: 'model', model: 'any' } as const;
const scored: readonly Scored[] = [
  { key: 'b', title: 'Base', role: 'base', subject },
  { key: 's', title: 'Sorter', role: 'expert', subject },
  { key: 'a', title: 'Adder', role: 'expert', subject },
  { key: 'm', title: 'The merge', role: 'merge', subject },
];
const rights: Readonly<Record<string, readonly [number, number]>> = {
  ...{ b: [50, 0], s: [100, 0], a: [40, 80], m: [90, 56] },
};
const known = new Map(
  scored.flatMap(({ key }) =>
    tasks.map((of, i) => [scoreKey(key, of, extent), score(of.id, rights[key][i])] as const),
  ),
);
const rows = rowsOf(scored, tasks, extent, known, new Map());

describe('the table of scores', () => {
  test('says of the merge what it kept of the best expert of each task, and what it won over the base', () => {
    const [sort, add] = rows[3].scores;
    expect(sort?.standing).toMatchObject({ best: { expert: 'Sorter', value: 1 }, retention: 0.9 });
    expect(sort?.standing?.improvement).toBeCloseTo(0.4, 12);
    expect(add?.standing).toMatchObject({ best: { expert: 'Adder' }, improvement: 0.56 });
    expect(add?.standing?.retention).toBeCloseTo(0.7, 12);
    expect([sort?.overBase, sort?.overBest]).toEqual(['better', 'worse']);
    expect(rows[1].scores[0]?.standing).toBe(null);
  });

  test('says of which task a model is not able to it', () => {
    const failure = { tag: 'unable', message: 'It answers no prompts', advice: null };
    const refused = new Map([[scoreKey('s', tasks[1], extent), failure]]);
    const told = rowsOf(scored, tasks, extent, new Map(), refused);
    expect(told.map(({ unable }) => unable)).toEqual([
      [null, null],
      [null, failure],
      [null, null],
      [null, null],
    ]);
    expect(told.every(({ failure: whole }) => whole === null)).toBe(true);
  });

  test('says of two experts of one title which is the best', () => {
    const alike = scored.map((of) => (of.role === 'expert' ? { ...of, title: 'Tuned' } : of));
    const [, add] = rowsOf(alike, tasks, extent, known, new Map())[3].scores;
    expect(add).toMatchObject({ standing: { best: { key: 'a' } }, overBest: 'worse' });
  });

  test('is told in a sentence', () => {
    expect(verdict(rows, tasks)).toBe(
      'The merge keeps 80 % of what the best expert of each task scores, on average over 2 tasks, and the least on add: 70 %.',
    );
    expect(verdict(rowsOf(scored, tasks, extent, new Map(), new Map()), tasks)).toContain(
      'Score them on the same tasks',
    );
    expect(verdict([], [])).toContain('Add a task');
  });

  test('has an empty place for what is not known, and a line in the file for what is', () => {
    const without = new Map([...known].filter(([key]) => key !== scoreKey('s', tasks[1], extent)));
    const some = rowsOf(scored, tasks, extent, without, new Map());
    expect(some[1].scores.map((cell) => cell === null)).toEqual([false, true]);
    const lines = linesOf(some, tasks);
    expect(lines).toHaveLength(1 + 7);
    expect(lines[1].slice(0, 6)).toEqual(['Base', 'sort', 'exact', 'all', 100, 0.5]);
  });
});

describe('a table is', () => {
  const failure = { tag: 'read', message: 'gone', advice: null };
  const told = { tag: 'unable', message: 'It answers no prompts', advice: null };
  const row = (scores: readonly unknown[], unable = [null, null] as (typeof told | null)[]) => {
    return { scores, unable, failure: null };
  };
  const whole = row([1, 1]);
  const failed = { ...row([null, null]), failure };

  test('not begun, begun, or filled, also where a model is not able to a task', () => {
    expect(stageOf([])).toBe('none');
    expect(stageOf([row([null, null]), failed])).toBe('none');
    expect(stageOf([whole, row([1, null])])).toBe('some');
    expect(stageOf([whole, row([1, null], [null, told])])).toBe('all');
  });

  test('to be tried again where all that lacks has failed', () => {
    expect(stageOf([whole, failed])).toBe('failed');
    expect(stageOf([whole, row([1, null], [null, failure])])).toBe('failed');
    expect(stageOf([failed, row([1, null])])).toBe('some');
    expect(toScore('failed', 'Sweep')).toBe('Try again');
  });
});

test('perplexities over other tokens are shown, and not compared', () => {
  const text: Task = {
    ...{ id: 'text', title: 'text', kind: 'text', skill: 'own', split: usualSplit },
    items: [{ context: '', text: 'ab' }],
  };
  const of = (tokens: number): TaskScore => ({
    ...{ task: 'text', kind: 'text', part: 'all', mean: Math.E, loss: 1 },
    items: [{ item: 0, score: Math.E, loss: tokens, tokens, said: null }],
  });
  const counts: Readonly<Record<string, number>> = { b: 3, s: 4, a: 3, m: 4 };
  const all = new Map(scored.map(({ key }) => [scoreKey(key, text, extent), of(counts[key])]));
  const { scores } = rowsOf(scored, [text], extent, all, new Map())[3];
  expect(scores[0]).toMatchObject({
    standing: { base: null, best: { key: 's', expert: 'Sorter' }, retention: 1 },
    overBase: null,
  });
});

test('the best of a sweep has the least mean loss of those that are known whole', () => {
  expect(bestOf([])).toBe(null);
  const swept = [
    { x: 0.2, scores: [score('sort', 50), score('add', 50)] },
    { x: 0.4, scores: [score('sort', 90), score('add', 40)] },
    { x: 0.6, scores: [score('sort', 100), null] },
  ];
  expect(bestOf(swept)?.x).toBe(0.4);
  expect(bestOf(swept)?.loss).toBeCloseTo(0.35, 12);
});

test('scores read as people write them', () => {
  expect(worded('exact', 0.964)).toBe('96.4 %');
  expect(worded('choice', 1)).toBe('100 %');
  expect(worded('text', 12.345)).toBe('12.35');
  expect(worded('text', 12_345.6)).toBe('12,346');
  expect(worded('pairs', 0.8123)).toBe('0.812');
  expect(worded('exact', Number.NaN)).toBe('–');
  expect(between('exact', 0.5, 1)).toBe('50–100 %');
  expect(between('text', 2, 3)).toBe('2.00–3.00');
});
