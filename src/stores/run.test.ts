import { expect, test } from 'vitest';
import { emptyRecipe } from '../recipe/defaults.ts';
import { fakeProgress, fakeResult } from '../testing/fake-engine.ts';
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

test('the picture of a run stays when it is done, and goes when the next one begins', () => {
  const store = createRunStore();
  const rows = [{ name: '0', count: 1, cells: [{ tensor: 't', from: 0, count: 1 }] }];
  const one = new Uint32Array([1]);
  const cells = { changed: one, unchanged: one, copied: one, written: one, noted: one };
  store.getState().start('first', saved, recipe);
  store.getState().lay(rows);
  store.getState().advance({ ...fakeProgress, cells });
  store.getState().finish(fakeResult);
  expect(store.getState()).toMatchObject({ rows, cells });
  store.getState().start('second', saved, recipe);
  expect(store.getState()).toMatchObject({ rows: [], cells: null });
});
