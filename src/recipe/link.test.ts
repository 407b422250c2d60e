import { expect, test } from 'vitest';
import { fullRecipe } from '../testing/recipes.ts';
import { emptyRecipe } from './defaults.ts';
import { recipeFromHash, recipeToHash } from './link.ts';

test('a recipe survives the way through a link', () => {
  for (const recipe of [emptyRecipe(), fullRecipe]) {
    expect(recipeFromHash(recipeToHash(recipe))).toEqual({ recipe });
  }
});

test('the link is made of characters that need no escaping', () => {
  expect(recipeToHash(fullRecipe)).toMatch(/^#r=[A-Za-z0-9_-]+$/);
});

test('an equal recipe has an equal link, whatever the order of its keys', () => {
  const reversed = Object.fromEntries(Object.entries(fullRecipe).toReversed());
  expect(recipeToHash(reversed as typeof fullRecipe)).toBe(recipeToHash(fullRecipe));
});

test('what follows an & is not the recipe', () => {
  expect(recipeFromHash(`${recipeToHash(fullRecipe)}&tab=conflicts`)).toEqual({
    recipe: fullRecipe,
  });
});

test('a hash about something else is none of our business', () => {
  expect(recipeFromHash('')).toBeNull();
  expect(recipeFromHash('#checks')).toBeNull();
});

test.each(['#r=', '#r=%%%', '#r=AAAA', '#r=_____w', recipeToHash(fullRecipe).slice(0, -40)])(
  'a damaged link %s is a finding, not an exception',
  (hash) => {
    expect(recipeFromHash(hash)).toMatchObject({
      findings: [{ code: 'recipe-unreadable', message: expect.stringContaining('damaged') }],
    });
  },
);

test('a whole link with a wrong recipe names what is wrong', () => {
  const hash = recipeToHash({ ...fullRecipe, method: 'alchemy' });
  expect(recipeFromHash(hash)).toMatchObject({
    findings: [{ code: 'recipe-field', message: expect.stringContaining('alchemy') }],
  });
});
