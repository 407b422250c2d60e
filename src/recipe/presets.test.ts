import { expect, test } from 'vitest';
import { headerModel, refTo } from '../testing/model.ts';
import { findingsOf, planned } from '../testing/planning.ts';
import { fullRecipe, modelRef } from '../testing/recipes.ts';
import { emptyRecipe } from './defaults.ts';
import { parseRecipe } from './parse.ts';
import { combineLambda, deeperLambda, type Preset, presets } from './presets.ts';
import type { Recipe } from './recipe.ts';

const presetOf = (id: Preset['id']) => presets.find((preset) => preset.id === id)!;
const apply = (id: Preset['id'], recipe: Recipe = fullRecipe) => presetOf(id).apply(recipe);
const weightsOf = ({ experts }: Recipe) => experts.map(({ values }) => values);

const lambdasOf = (recipe: Recipe, models: Parameters<typeof planned>[1]) =>
  Object.fromEntries(
    planned(recipe, models).jobs.map(({ tensor, parts: [part] }) => {
      if (part.kind !== 'merge') throw new Error(`${tensor} is not merged`);
      return [tensor, part.global['lambda']];
    }),
  );

test('forget subtracts the last expert', () => {
  const recipe = apply('forget');
  expect(recipe.method).toBe('task_arithmetic');
  expect(weightsOf(recipe)).toEqual([{ weight: 1 }, { weight: -1 }]);
});

test('an analogy is task arithmetic with weights 1 and λ 1, not normalized', () => {
  const recipe = apply('analogy');
  expect(recipe.method).toBe('task_arithmetic');
  expect(recipe.values).toEqual({ lambda: 1, normalize: false });
  expect(weightsOf(recipe)).toEqual([{ weight: 1 }, { weight: 1 }]);
});

test('a soup is a plain mean', () => {
  const recipe = apply('soup');
  expect(recipe.method).toBe('linear');
  expect(recipe.values).toEqual({ normalize: true });
});

test('combining softens with the number of experts', () => {
  expect(apply('combine').values).toEqual({ lambda: 0.8 });
  expect([1, 2, 3, 5, 8].map(combineLambda)).toEqual([1, 0.8, 0.6, 0.4, 0.3]);
});

test('deeper layers get more: λ rises from 1 ÷ models, which all outside the layers gets too', () => {
  const names = ['embed', 'model.layers.0.w', 'model.layers.1.w', 'model.layers.2.w', 'norm'];
  const tensors = Object.fromEntries(names.map((name) => [name, ['F32', [4]] as const]));
  const models = ['base', 'math', 'code'].map((id) => headerModel(id, tensors));
  const [base, ...experts] = models.map(refTo);
  const recipe = apply('deeper', {
    ...emptyRecipe(),
    base,
    experts: experts.map((model) => ({ model, values: {} })),
  });
  expect(lambdasOf(recipe, models)).toEqual({
    embed: 0.5,
    'model.layers.0.w': 0.5,
    'model.layers.1.w': 0.75,
    'model.layers.2.w': 1,
    norm: 0.5,
  });
  expect([1, 3, 8].map(deeperLambda)).toEqual([
    [0.1, 1],
    [0.333, 0.833],
    [0.125, 0.625],
  ]);
});

test.each(presets)(
  '$title keeps models and output, drops the rules there were, and can be read back',
  (preset) => {
    const recipe = preset.apply(fullRecipe);
    expect(recipe.experts.map(({ model }) => model)).toEqual(
      fullRecipe.experts.map(({ model }) => model),
    );
    expect(recipe.output).toEqual(fullRecipe.output);
    expect(recipe.dialect).toBe(fullRecipe.dialect);
    expect(recipe.rules).not.toContainEqual(fullRecipe.rules[0]);
    expect(parseRecipe(recipe)).toEqual({ recipe });
  },
);

test.each(presets)('$title plans without an error', (preset) => {
  const models = ['base', 'math', 'code'].map((id) => headerModel(id, { a: ['F32', [4]] }));
  const [base, ...experts] = models.map(refTo);
  const recipe = preset.apply({
    ...emptyRecipe(),
    base,
    experts: experts.map((model) => ({ model, values: {} })),
  });
  expect(preset.obstacle(recipe)).toBeNull();
  expect(findingsOf(recipe, models).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('what is in the way is said in a sentence', () => {
  const none = emptyRecipe();
  const one = { ...none, base: modelRef('b'), experts: fullRecipe.experts.slice(0, 1) };
  expect(presetOf('forget').obstacle(none)).toContain('needs the base');
  expect(presetOf('soup').obstacle(one)).toBe('It needs 2 experts or more.');
  expect(presetOf('analogy').obstacle(one)).toContain('exactly two experts, B and C; there are 1');
  expect(presetOf('combine').obstacle(one)).toBeNull();
});
