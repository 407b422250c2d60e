import { describe, expect, test } from 'vitest';
import { fullRecipe } from '../testing/recipes.ts';
import { limits } from './limits.ts';
import { recipeFromHash } from './link.ts';
import { parseRecipe, parseRecipeText } from './parse.ts';

const messages = (input: unknown): readonly string[] => {
  const parsed = parseRecipe(input);
  return 'recipe' in parsed ? [] : parsed.findings.map(({ message }) => message);
};
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const [rule] = fullRecipe.rules;

describe('a recipe beyond any real one is refused with a sentence', () => {
  test.each([
    ['5,000 rules', { rules: many(5000, rule) }, 'rules: a list of 5,000, expected at most 200.'],
    [
      '100,000 anchors',
      { rules: [{ ...rule, value: many(100_000, 0.5) }] },
      'rules[0].value: a list of 100,000, expected at most 1,000.',
    ],
    [
      'a name of a million characters',
      { output: { ...fullRecipe.output, name: 'x'.repeat(1_000_000) } },
      'output.name: a text of 1,000,000 characters, expected at most 1,000.',
    ],
    [
      'too many experts',
      { experts: many(101, fullRecipe.experts[0]) },
      'experts: a list of 101, expected at most 100.',
    ],
    [
      'too many keeps',
      { keeps: many(201, fullRecipe.keeps[0]) },
      'keeps: a list of 201, expected at most 200.',
    ],
    [
      'too many renames',
      { renames: many(101, fullRecipe.renames[0]) },
      'renames: a list of 101, expected at most 100.',
    ],
  ])('%s', (_, change, message) => {
    expect(messages({ ...fullRecipe, ...change })).toEqual([message]);
  });

  test('a text too long to be read, from a file or a link', () => {
    const text = ' '.repeat(limits.text + 1);
    const expected = [
      expect.objectContaining({
        message: 'The recipe has 1,000,001 characters; at most 1,000,000 are read.',
      }),
    ];
    expect(parseRecipeText(text)).toEqual({ findings: expected });
    const linked = recipeFromHash(`#r=${'A'.repeat(2_000_000)}`)!;
    expect('findings' in linked && linked.findings[0].message).toContain('1,500,000 characters');
  });

  test('of many things wrong the first are told, in few words each', () => {
    const keys = Object.fromEntries(many(10_000, 0).map((_, i) => [`${'k'.repeat(200)}${i}`, 1]));
    const told = messages({ ...fullRecipe, ...keys });
    expect(told).toHaveLength(limits.faults);
    expect(Math.max(...told.map((message) => message.length))).toBeLessThan(500);
  });
});

test('a recipe at the limits is read', () => {
  const recipe = {
    ...fullRecipe,
    rules: many(limits.rules, { ...rule, value: many(10, 0.5) }).map((one, i) => ({
      ...one,
      id: `r${i}`,
    })),
    output: { ...fullRecipe.output, name: 'x'.repeat(limits.name) },
  };
  expect(parseRecipe(recipe)).toEqual({ recipe });
});
