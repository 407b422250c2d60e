import { expect, test } from 'vitest';
import { createStepperStore, fitted, pickStepper, reachOf, tightReachOf } from './stepper.ts';

test('a scale ends at 1 where that suits the numbers, else a little above the largest', () => {
  expect(reachOf([[0.5], [-0.7]])).toBe(1);
  expect(reachOf([[4], [-0.7]])).toBe(4.6);
  expect(reachOf([[0.001], [-0.004]])).toBe(0.0046);
  expect(tightReachOf([[0.5]])).toBe(0.57);
  expect(tightReachOf([[0]])).toBe(1);
});

test('an example of two models serves a method of three', () => {
  const example = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];
  expect(fitted([[0.1, 0.2, 0.3, 0.4]], example)).toEqual([
    [0.1, 0.2, 0.3, 0.4],
    [4, 5, 6, 4],
    [7, 8, 9, 7],
  ]);
  expect(fitted(example, example.slice(0, 2))).toEqual(example.slice(0, 2));
});

test('numbers are kept as they were, and what is none is not taken up again', () => {
  const rows = [
    [1, 2],
    [3, -4],
  ];
  expect(pickStepper({ own: { rows, reach: 9 } })).toEqual({ own: { rows, reach: 4.6 } });
  for (const bad of [null, {}, { own: { rows: [] } }, { own: { rows: [[1], [1, 2]] } }]) {
    expect(pickStepper(bad)).toEqual({});
  }
  expect(pickStepper({ own: { rows: [['1']], reach: 1 } })).toEqual({});
});

test('turning to another chapter forgets what was changed about the last one', () => {
  const store = createStepperStore();
  const { edit, turnTo, setOwn } = store.getState();
  setOwn({ rows: [[1]], reach: 1 });
  edit('chapter', { rows: [[2]], reach: 2 });
  turnTo(1);
  expect(store.getState()).toMatchObject({ edited: null, chapter: 1, own: { rows: [[1]] } });
});
