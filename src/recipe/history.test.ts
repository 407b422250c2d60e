import { expect, test } from 'vitest';
import {
  COALESCE_WITHIN,
  edit,
  type History,
  LONGEST_PAST,
  redo,
  startHistory,
  undo,
} from './history.ts';

/** Edits of separate keys, far apart in time. */
function typed(...documents: readonly string[]): History<string> {
  const [first, ...others] = documents;
  return others.reduce((history, next) => edit(history, next, null, 0), startHistory(first));
}

test('undo goes back, redo goes forward', () => {
  const history = typed('a', 'b', 'c');
  expect(undo(history).present).toBe('b');
  expect(undo(undo(history)).present).toBe('a');
  expect(redo(undo(undo(history))).present).toBe('b');
  expect(redo(redo(undo(undo(history)))).present).toBe('c');
});

test('at either end nothing happens', () => {
  const history = typed('a');
  expect(undo(history)).toBe(history);
  expect(redo(history)).toBe(history);
});

test('an edit after undo forgets what could be redone', () => {
  const history = edit(undo(typed('a', 'b')), 'x', null, 0);
  expect(redo(history).present).toBe('x');
  expect(undo(history).present).toBe('a');
});

test('a slow drag is one step, and does not join what came before it', () => {
  let history = startHistory(0);
  history = edit(history, 1, 'weight', 1000);
  for (let step = 2; step <= 5; step++) history = edit(history, step, 'weight', step * 5000, 9000);
  expect(history.present).toBe(5);
  expect(undo(history).present).toBe(1);
  expect(undo(undo(history)).present).toBe(0);
});

test('edits of one key in quick succession are one step', () => {
  let history = startHistory(0);
  for (let step = 1; step <= 10; step++) history = edit(history, step, 'weight', step * 400);
  expect(history.present).toBe(10);
  expect(undo(history).present).toBe(0);
});

test('a pause, or another key, begins a new step', () => {
  const first = edit(startHistory('a'), 'b', 'weight', 1000);
  const soon = edit(first, 'c', 'weight', 1000 + COALESCE_WITHIN - 1);
  const late = edit(first, 'c', 'weight', 1000 + COALESCE_WITHIN);
  const other = edit(first, 'c', 'density', 1001);
  expect([soon, late, other].map((history) => undo(history).present)).toEqual(['a', 'b', 'b']);
});

test('an edit right after undo does not join what was undone', () => {
  const drag = edit(edit(startHistory('a'), 'b', 'weight', 0), 'c', 'weight', 10);
  const again = edit(undo(drag), 'd', 'weight', 20);
  expect(undo(again).present).toBe('a');
  expect(again.past).toEqual(['a']);
});

test('the same document is no edit', () => {
  const history = typed('a', 'b');
  expect(edit(history, 'b', null, 0)).toBe(history);
});

test('the past is bounded', () => {
  const history = typed(...Array.from({ length: LONGEST_PAST + 50 }, (_, n) => `v${n}`));
  expect(history.past).toHaveLength(LONGEST_PAST);
  expect(history.past[0]).toBe('v49');
});
