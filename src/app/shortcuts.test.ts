import { describe, expect, test } from 'vitest';
import { commands } from '../commands/all.ts';
import { isSingleKey, matches } from './shortcuts.ts';

const stroke = (key: string, modifiers: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...modifiers,
});

describe('a shortcut', () => {
  test('with Mod wants Ctrl or ⌘', () => {
    expect(matches('Mod+Enter', stroke('Enter', { ctrlKey: true }))).toBe(true);
    expect(matches('Mod+Enter', stroke('Enter', { metaKey: true }))).toBe(true);
    expect(matches('Mod+Enter', stroke('Enter'))).toBe(false);
  });

  test('tells Shift apart for letters: redo is not undo', () => {
    expect(matches('Mod+Z', stroke('Z', { ctrlKey: true, shiftKey: true }))).toBe(false);
    expect(matches('Mod+Shift+Z', stroke('Z', { ctrlKey: true, shiftKey: true }))).toBe(true);
  });

  test('of a sign fires however the keyboard makes it', () => {
    expect(matches('?', stroke('?', { shiftKey: true }))).toBe(true);
    expect(matches('?', stroke('?'))).toBe(true);
  });

  test('does not fire with Alt', () => {
    expect(matches('1', stroke('1', { altKey: true }))).toBe(false);
  });
});

test('no two commands share a shortcut or an id', () => {
  const shortcuts = commands.flatMap(({ shortcut }) => shortcut ?? []);
  expect(new Set(shortcuts).size).toBe(shortcuts.length);
  expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
});

test('single keys are those without Mod', () => {
  const single = commands.flatMap(({ shortcut }) =>
    shortcut && isSingleKey(shortcut) ? [shortcut] : [],
  );
  expect(single).toEqual(['1', '2', '3', '4', '5', '6', 'G', 'S', 'T', '?']);
});
