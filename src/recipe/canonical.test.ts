import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fullRecipe } from '../testing/recipes.ts';
import { canonicalJson } from './canonical.ts';
import { hashRecipe } from './hash.ts';

test('keys are sorted at every depth, lists keep their order', () => {
  const value = { b: [{ d: 1, c: 'x' }, 2], a: null };
  expect(canonicalJson(value)).toBe('{"a":null,"b":[{"c":"x","d":1},2]}');
});

test('it is JSON of the same value', () => {
  expect(JSON.parse(canonicalJson(fullRecipe))).toEqual(fullRecipe);
});

test('members that are undefined are left out, as JSON does', () => {
  expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}');
});

test('the hash is SHA-256 of the canonical text in UTF-8', async () => {
  const expected = createHash('sha256').update(canonicalJson(fullRecipe), 'utf8').digest('hex');
  expect(await hashRecipe(fullRecipe)).toBe(expected);
});

test('every change of the recipe changes the hash', async () => {
  const changed = { ...fullRecipe, values: { lambda: 0.70001 } };
  expect(await hashRecipe(changed)).not.toBe(await hashRecipe(fullRecipe));
});
