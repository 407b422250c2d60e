import { expect, test } from 'vitest';
import { emptyRecipe } from '../recipe/defaults.ts';
import { fakeResult } from '../testing/fake-engine.ts';
import { createRunStore, isBusy } from './run.ts';

const recipe = emptyRecipe();
const saved = { kind: 'opfs', folder: 'merged' } as const;

test('a run goes from start to done and forgets the run before it', () => {
  const store = createRunStore();
  store.getState().start('first', saved, recipe);
  store.getState().fail({ tag: 'x', message: 'disk full', advice: null });
  store.getState().start('second', saved, recipe);
  expect(store.getState()).toMatchObject({ phase: 'running', name: 'second', failure: null });
  expect(isBusy(store.getState())).toBe(true);
  store.getState().finish(fakeResult);
  expect(store.getState()).toMatchObject({ phase: 'done', result: fakeResult, progress: null });
  expect(isBusy(store.getState())).toBe(false);
});

test('only a running merge can be cancelled', () => {
  const store = createRunStore();
  store.getState().beginCancel();
  expect(store.getState().phase).toBe('idle');
  store.getState().start('merge', saved, recipe);
  store.getState().beginCancel();
  expect(store.getState().phase).toBe('cancelling');
});

test('the log holds the latest tensors, newest first, and stays short', () => {
  const store = createRunStore();
  for (let i = 0; i < 100; i++) {
    store.getState().report({
      tensor: `t${i}`,
      backend: 'cpu',
      changed: true,
      saturated: 0,
      nonFinite: 0,
      notes: [],
    });
  }
  const { log } = store.getState();
  expect(log[0].tensor).toBe('t99');
  expect(log).toHaveLength(60);
});
