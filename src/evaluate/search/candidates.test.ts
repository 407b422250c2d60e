import { expect, test } from 'vitest';
import { electionSteps, methodsToCompare, soupOf } from '../../recipe/candidates.ts';
import { parseRecipe } from '../../recipe/parse.ts';
import { all, bowl, dial, recipe, signal } from '../../testing/searching.ts';
import { spaceOf } from './space.ts';
import { tryAll } from './step.ts';

test('every method that takes the models is compared at its own defaults', async () => {
  const compared = methodsToCompare(recipe);
  expect(compared.length).toBeGreaterThan(8);
  expect(compared.every(({ recipe: made }) => made.rules.length === 0)).toBe(true);
  expect(new Set(compared.map(({ title }) => title)).size).toBe(compared.length);
  const without = methodsToCompare({ ...recipe, base: null });
  expect(without.length).toBeLessThan(compared.length);
  const candidates = compared.map((each) => ({ ...each, id: each.title, values: {} }));
  const { steps } = await all(tryAll(candidates, { evaluate: bowl, signal }));
  expect(steps).toHaveLength(compared.length);
});

test('every recipe that is tried is one that opens from a file', () => {
  const detail = { kind: 'depth', points: 4 } as const;
  const searched = spaceOf(recipe, [{ dial: dial('weight of A') }], detail);
  const tried = [
    ...methodsToCompare(recipe).map((each) => each.recipe),
    ...electionSteps(recipe, 0.2, 1).map((each) => each.recipe),
    soupOf(recipe, [0, 2], [0.25, 0.75]),
    searched.recipeOf([0.1, 0.2, 0.3, 0.4, 0.5]),
  ];
  for (const each of tried) {
    expect(parseRecipe(JSON.parse(JSON.stringify(each)))).toEqual({ recipe: each });
  }
});

test('the steps of an election are four means under one λ', () => {
  const steps = electionSteps(recipe, 0.2, 1);
  expect(steps.map(({ title }) => title)).toEqual([
    ...['Mean of all', 'Trim', 'Trim and elect', 'TIES in full'],
  ]);
  const told = steps.map(({ recipe: { values, experts, arithmetic } }) => [
    ...[values.lambda, experts[0].values.density, arithmetic.divisor],
  ]);
  expect(told).toEqual([
    [1 / 3, 1, undefined],
    [1 / 3, 0.2, undefined],
    [1 / 3, 0.2, 'none'],
    [1, 0.2, 'weights'],
  ]);
});
