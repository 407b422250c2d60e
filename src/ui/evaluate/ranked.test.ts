import { expect, test } from 'vitest';
import type { TaskScore } from '../../evaluate/tasks/score.ts';
import { averageOf, ranked } from './ranked.ts';
import type { ScoreRow } from './rows.ts';

type Told = readonly [kind: TaskScore['kind'], mean: number, loss: number] | null;

const row = (title: string, ...told: readonly Told[]): ScoreRow => ({
  ...{
    key: title,
    title,
    role: 'merge',
    failure: null,
    unable: [],
    subject: { kind: 'model', model: title },
  },
  scores: told.map((each) => {
    if (each === null) return null;
    const [kind, mean, loss] = each;
    return {
      score: { task: 'x', kind, part: 'search', items: [], mean, loss },
      estimate: { value: mean, low: mean, high: mean },
      ...{ standing: null, overBase: null, overBest: null },
    };
  }),
});

test('the average is of the shares, and leaves perplexities out beside them', () => {
  const both = row('a', ['exact', 0.5, 1], ['choice', 1, 3], ['text', 20, 3]);
  expect(averageOf(both)).toEqual({ kind: 'share', value: 0.75 });
  expect(averageOf(row('a', ['text', 20, 3], ['text', 7, 2]))).toEqual({
    kind: 'loss',
    value: 2.5,
  });
  expect(averageOf(row('a', ['exact', 0.5, 1], null))).toBeNull();
  expect(averageOf(row('a'))).toBeNull();
});

test('of pairs the average is a correlation, and what a model is not able to does not count', () => {
  const encoder = row('a', ['pairs', 0.8, Number.NaN], ['pairs', 0.6, Number.NaN], null);
  const failure = { message: 'It answers no prompts.', advice: null };
  const rows = { ...encoder, unable: [null, null, failure] } as ScoreRow;
  expect(averageOf(rows)).toEqual({ kind: 'correlation', value: expect.closeTo(0.7, 9) });
  const better = row('b', ['pairs', 0.9, Number.NaN]);
  expect(ranked([rows, better]).map(({ title }) => title)).toEqual(['b', 'a']);
});

test('the best stands first: most right answers, or the least loss; what is not known stands last', () => {
  const titles = (rows: readonly ScoreRow[]) => ranked(rows).map(({ title }) => title);
  const rows = [row('half', ['exact', 0.5, 1]), row('none', null), row('all', ['exact', 1, 1])];
  expect(titles(rows)).toEqual(['all', 'half', 'none']);
  expect(titles([row('high', ['text', 9, 3]), row('low', ['text', 5, 2])])).toEqual([
    'low',
    'high',
  ]);
  expect(titles([row('b', null), row('a', null)])).toEqual(['b', 'a']);
});
