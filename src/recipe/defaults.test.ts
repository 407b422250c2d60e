import { expect, test } from 'vitest';
import { findMethod, methods } from '../methods/registry.ts';
import { fullRecipe, modelRef } from '../testing/recipes.ts';
import { emptyRecipe, expertValues, globalValues, withMethod } from './defaults.ts';

test('the empty recipe names a method that exists', () => {
  expect(findMethod(emptyRecipe().method)).not.toBeNull();
});

test('values: the schema, then the dialect, then the recipe', () => {
  const method = findMethod('task_arithmetic')!;
  const lambdaOf = (change: object) =>
    globalValues({ ...emptyRecipe(), ...change }, method)['lambda'];
  expect(lambdaOf({})).toBe(0.8);
  expect(lambdaOf({ dialect: 'mergekit' })).toBe(1);
  expect(lambdaOf({ dialect: 'mergekit', values: { lambda: 0.3 } })).toBe(0.3);
});

test('an expert’s values fill up with defaults, and unknown ones are left out', () => {
  const expert = { model: modelRef('math'), values: { density: 0.9, colour: 3 } };
  expect(expertValues(emptyRecipe(), findMethod('ties')!, expert)).toEqual({
    weight: 1,
    density: 0.9,
  });
  expect(expertValues(emptyRecipe(), findMethod('slerp')!, expert)).toEqual({});
});

test('another method keeps what means the same there and drops the rest', () => {
  const recipe = withMethod(fullRecipe, 'task_arithmetic');
  expect(recipe.method).toBe('task_arithmetic');
  expect(recipe.values).toEqual({});
  expect(withMethod(fullRecipe, 'dare_ties').values).toEqual({ lambda: 0.7 });
  expect(recipe.experts.map(({ values }) => values)).toEqual([{ weight: -0.5 }, {}]);
  expect(recipe.rules.map(({ parameter }) => parameter)).toEqual(['weight', 'weight']);
  expect(recipe.arithmetic).toEqual({});
  expect(recipe.trimScope).toBe('tensor');
  expect(recipe.output).toBe(fullRecipe.output);
});

test('the same method changes nothing', () => {
  expect(withMethod(fullRecipe, 'ties')).toEqual(fullRecipe);
});

test('an unknown method changes nothing', () => {
  expect(withMethod(fullRecipe, 'alchemy')).toBe(fullRecipe);
});

test('every method can be reached from every other', () => {
  for (const { id } of methods) expect(withMethod(fullRecipe, id).method).toBe(id);
});
