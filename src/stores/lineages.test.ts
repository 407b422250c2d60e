import { beforeEach, expect, test, vi } from 'vitest';
import { emptyRecipe } from '../recipe/defaults.ts';
import { lineageOf, noteLineage } from './lineages.ts';

beforeEach(() => {
  const stored = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
});

const recipe = (lambda: number) => ({ ...emptyRecipe(), values: { lambda } });
const lineage = (how: string) => ({
  ...{ how, asked: 'items', before: null, after: '1', judged: [], verdict: null },
});

test('what led to a recipe is known while the recipe makes the same, whatever its output is called', () => {
  noteLineage(recipe(0.4), lineage('a sweep'));
  const named = { ...recipe(0.4), output: { ...recipe(0.4).output, name: 'other' } };
  expect(lineageOf(named)?.how).toBe('a sweep');
  expect(lineageOf(recipe(0.5))).toBe(null);
  noteLineage(recipe(0.4), lineage('a search'));
  expect(lineageOf(recipe(0.4))?.how).toBe('a search');
});

test('the twenty that were noted last are known', () => {
  for (let i = 0; i < 21; i++) noteLineage(recipe(i), lineage(`${i}`));
  expect([0, 1, 20].map((i) => lineageOf(recipe(i))?.how)).toEqual([undefined, '1', '20']);
});

test('what is not of this page in local storage is nothing', () => {
  localStorage.setItem('amalgam.lineages.1', '{"of":');
  expect(lineageOf(recipe(1))).toBe(null);
});
