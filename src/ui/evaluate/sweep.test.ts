import { expect, test } from 'vitest';
import type { TaskScore } from '../../evaluate/tasks/score.ts';
import { bestOf, finerAround } from './sweep.ts';

const scored = (kind: TaskScore['kind'], mean: number | null, loss: number | null): TaskScore => ({
  ...{ task: 't', kind, part: 'search', items: [], mean, loss },
});

test('the best point loses least on average, and is known whole', () => {
  const at = (x: number, ...losses: readonly (number | null)[]) => ({
    x,
    scores: losses.map((loss) => (loss === null ? null : scored('exact', 0.5, loss))),
  });
  expect(bestOf([at(0, 1, 3), at(1, 1, 2), at(2, 0.1, null)])).toEqual({ x: 1, loss: 1.5 });
  expect(bestOf([at(0, null), at(1)])).toBeNull();
});

test('of pairs the best has the highest correlation', () => {
  const at = (x: number, mean: number | null) => ({ x, scores: [scored('pairs', mean, null)] });
  expect(bestOf([at(0, 0.2), at(1, 0.7), at(2, null)])).toEqual({
    ...{ x: 1, loss: expect.closeTo(0.3, 9) },
  });
});

test('around the best lie three more on either side, and none beyond an end', () => {
  expect(finerAround([0, 0.4, 0.8], 0.4)).toEqual([0.3, 0.2, 0.1, 0.5, 0.6, 0.7]);
  expect(finerAround([0, 0.4, 0.8], 0.8)).toEqual([0.7, 0.6, 0.5]);
});
