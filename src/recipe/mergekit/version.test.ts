import { expect, test } from 'vitest';
import { resolveArithmetic } from '../../methods/dialect.ts';
import { findMethod } from '../../methods/registry.ts';
import { modelRef } from '../../testing/recipes.ts';
import { emptyRecipe, globalValues } from '../defaults.ts';
import { recipeFromHash, recipeToHash } from '../link.ts';
import { parseRecipe } from '../parse.ts';
import { importMergekit } from './to-recipe.ts';
import { versionIn, withVersion } from './version.ts';
import { exportMergekit } from './write.ts';

const open = ['base', 'a', 'b'].map(modelRef);
const imported = (text: string) => {
  const made = importMergekit(text, open, emptyRecipe());
  if ('problem' in made) throw new Error(made.problem);
  return made;
};
const written = (text: string) =>
  exportMergekit(imported(text).recipe, { adapters: new Set(), baseDtype: 'BF16' });

const dare = (head = '') => `${head}merge_method: dare_linear
base_model: base
models:
  - model: a
    parameters: {weight: 1, density: 0.5}
parameters: {lambda: 0.5, rescale: true}
`;

test.each([
  ['# mergekit 0.0.4.2\n', 'mergekit 0.0.6'],
  ['# mergekit up to 0.0.6\n', 'mergekit 0.0.6'],
  ['# mergekit 0.1.0 to 0.1.4\n', 'mergekit 0.1.4'],
  ['Made with mergekit, version 0.1.3\n', 'mergekit 0.1.4'],
  ['# mergekit 0.1.5\n', 'mergekit'],
  ['# mergekit 0.2.0\n', 'mergekit'],
  ['', 'mergekit'],
])('what begins with %j is for %s', (head, version) => {
  expect(versionIn(dare(head))).toBe(version);
});

test('a version that is chosen is told by the first line, in place of another', () => {
  const chosen = withVersion(dare('# mergekit 0.0.4\n'), 'mergekit 0.1.4');
  expect(chosen).toBe(dare('# mergekit 0.1.0 to 0.1.4\n'));
  expect(withVersion(chosen, 'mergekit')).toBe(dare('# mergekit 0.1.5\n'));
});

test('rescale and λ mean what they meant in the release', () => {
  const { recipe, remarks } = imported(dare('# mergekit 0.0.6\n'));
  const method = findMethod('dare_linear')!;
  expect(recipe.dialect).toBe('mergekit 0.0.6');
  expect(resolveArithmetic(recipe.dialect, method.exceptions, recipe.arithmetic)).toMatchObject({
    ...{ rescale: 'inverse', work: 'tensor', smallTrim: 'refuse' },
  });
  expect(globalValues(recipe, method)['lambda']).toBe(1);
  expect(remarks.map(({ line, kind }) => [line, kind])).toContainEqual([7, 'ignored']);

  const now = imported(dare()).recipe;
  expect(resolveArithmetic(now.dialect, method.exceptions, now.arithmetic).rescale).toBe('l1');
  expect(globalValues(now, method)['lambda']).toBe(0.5);
});

test('λ of a model, which DELLA read there, is told by its line', () => {
  const della = `# mergekit 0.0.6
merge_method: della
base_model: base
models:
  - model: a
    parameters: {weight: 1, density: 0.5, lambda: 0.5}`;
  expect(imported(della).remarks).toContainEqual({
    ...{ line: 6, kind: 'left out', text: expect.stringContaining('lambda of the first model') },
  });
  const whole = `${della.replace(', lambda: 0.5', '')}\nparameters: {lambda: 0.5}`;
  expect(imported(whole).recipe.values['lambda']).toBe(0.5);
});

test('a method that the release did not have is told', () => {
  const karcher = '# mergekit 0.0.6\nmerge_method: karcher\nmodels: [{model: a}, {model: b}]';
  expect(imported(karcher).remarks).toContainEqual({
    ...{ line: 2, kind: 'refused', text: 'mergekit up to 0.0.6 has no karcher.' },
  });
});

test('a recipe in a version goes through its YAML, JSON and link', () => {
  const { recipe } = imported(dare('# mergekit 0.0.6\n'));
  const { text, beyond } = written(dare('# mergekit 0.0.6\n'));
  expect(text).toMatch(/^# mergekit up to 0\.0\.6\nmerge_method: dare_linear\n/);
  expect(text).not.toContain('rescale');
  expect(beyond).toEqual([]);
  expect(imported(text!).recipe).toEqual(recipe);
  expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual({ recipe });
  expect(recipeFromHash(recipeToHash(recipe))).toEqual({ recipe });
});

test('what the release cannot say is told', () => {
  const { recipe } = imported(dare());
  const then = { ...recipe, dialect: 'mergekit 0.0.6' } as const;
  const { beyond } = exportMergekit(then, { adapters: new Set(), baseDtype: 'BF16' });
  expect(beyond).toEqual(['λ is 0.5, mergekit’s is 1']);
});
