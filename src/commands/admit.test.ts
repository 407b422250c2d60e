import { expect, test } from 'vitest';
import { emptyRecipe } from '../recipe/defaults.ts';
import type { ModelRef } from '../recipe/recipe.ts';
import { type Arrival, admit } from './admit.ts';

const arrival = (name: string, bytes: number, fingerprint: string | null = null): Arrival => ({
  name,
  bytes,
  fingerprint,
  handles: [],
  weights: [],
  leftOut: [],
});
const ref = (id: string, name: string, bytes: number, fingerprint?: string): ModelRef => ({
  id,
  name,
  origin: 'local',
  bytes,
  ...(fingerprint ? { fingerprint } : {}),
});
const recipeOf = (...refs: readonly ModelRef[]) => ({
  ...emptyRecipe(),
  experts: refs.map((model) => ({ model, values: {} })),
});
const idsOf = (arrivals: readonly Arrival[], ...refs: readonly ModelRef[]) =>
  admit(arrivals, recipeOf(...refs), {}).map(({ ref: { id }, fills }) => [id, fills]);

test('models of one name and size take their own places, in whatever order they come', () => {
  const awaited = [ref('a', 'checkpoint', 8, 'aa'), ref('b', 'checkpoint', 8, 'bb')];
  const arrivals = [arrival('checkpoint', 8, 'bb'), arrival('checkpoint', 8, 'aa')];
  expect(idsOf(arrivals, ...awaited)).toEqual([
    ['b', 'as it was'],
    ['a', 'as it was'],
  ]);
});

test('a model is recognised under another name', () => {
  expect(idsOf([arrival('renamed', 8, 'aa')], ref('a', 'math', 8, 'aa'))).toEqual([
    ['a', 'as it was'],
  ]);
});

test('equal weights under two names each go to their own', () => {
  const awaited = [ref('a', 'one', 8, 'aa'), ref('b', 'two', 8, 'aa')];
  expect(idsOf([arrival('two', 8, 'aa'), arrival('one', 8, 'aa')], ...awaited)).toEqual([
    ['b', 'as it was'],
    ['a', 'as it was'],
  ]);
});

test('other weights under the awaited name and size take the place, as changed', () => {
  const awaited = recipeOf(ref('a', 'math', 8, 'aa'));
  const [admitted] = admit([arrival('math', 8, 'cc')], awaited, {});
  expect(admitted.fills).toBe('changed');
  expect(admitted.ref).toEqual(ref('a', 'math', 8, 'cc'));
});

test('without a fingerprint on either side, name and size decide', () => {
  expect(idsOf([arrival('math', 8, 'aa')], ref('a', 'math', 8))).toEqual([['a', 'as it was']]);
  expect(idsOf([arrival('math', 8)], ref('a', 'math', 8, 'aa'))).toEqual([['a', 'as it was']]);
  expect(idsOf([arrival('math', 9)], ref('a', 'math', 8, 'aa'))).toEqual([['local-math', null]]);
});

test('a place is filled once: the second copy is a new model', () => {
  expect(
    idsOf([arrival('math', 8, 'aa'), arrival('math', 8, 'aa')], ref('a', 'math', 8, 'aa')),
  ).toEqual([
    ['a', 'as it was'],
    ['local-math', null],
  ]);
});

test('a new model never has the name of one that is there, and is known again without its number', () => {
  const [second, third] = admit(
    [arrival('math', 8, 'bb'), arrival('math', 8, 'cc')],
    recipeOf(ref('a', 'math', 8, 'aa')),
    { a: { status: { kind: 'opening' } } } as never,
  ).map((admitted) => admitted.ref);
  expect([second.name, third.name]).toEqual(['math (2)', 'math (3)']);
  expect(idsOf([arrival('math', 8, 'dd')], second)).toEqual([[second.id, 'changed']]);
});

test('a new model is noted with its fingerprint', () => {
  const [admitted] = admit([arrival('new', 8, 'dd')], emptyRecipe(), {});
  expect(admitted.ref).toEqual(ref('local-new', 'new', 8, 'dd'));
});

test('a model of which only the name is known is met by the last part of its name', () => {
  const awaited = recipeOf(ref('y', 'org/Math-7B', 0));
  const [admitted] = admit([arrival('math-7b', 8, 'aa')], awaited, {});
  expect(admitted.fills).toBe('name');
  expect(admitted.ref).toEqual(ref('y', 'org/Math-7B', 8, 'aa'));
  expect(idsOf([arrival('code', 8)], ref('y', 'org/math', 0))).toEqual([['local-code', null]]);
});
