import { expect, test } from 'vitest';
import { findMethod } from '../../methods/registry.ts';
import { placeOf } from '../../plan/groups.ts';
import { depthsOf, resolveExpert, resolveGlobal } from '../../plan/resolve.ts';
import { modelRef } from '../../testing/recipes.ts';
import { emptyRecipe, expertValues, globalValues } from '../defaults.ts';
import { importMergekit } from './to-recipe.ts';

const open = ['a', 'b', 'base'].map(modelRef);
const made = (text: string) => importMergekit(text, open, emptyRecipe());
const imported = (text: string) => {
  const read = made(text);
  if ('problem' in read) throw new Error(read.problem);
  return read;
};
const problem = (text: string) => {
  const read = made(text);
  return 'problem' in read ? read.problem : 'none';
};

const names = [
  'language_model.model.embed_tokens.weight',
  'language_model.model.layers.0.mlp.up_proj.weight',
  'language_model.model.layers.1.self_attn.q_proj.weight',
  'multi_modal_projector.linear_1.weight',
  'vision_tower.blocks.0.mlp.fc1.weight',
  'vision_tower.blocks.2.mlp.fc1.weight',
];
const depths = depthsOf(names.map(placeOf));

/** What a parameter comes to on each of the names: of a model, or of the merge for null. */
function over(text: string, parameter: string, model: string | null): readonly unknown[] {
  const { recipe } = imported(text);
  const method = findMethod(recipe.method)!;
  const expert = recipe.experts.find((each) => each.model.id === model);
  return names.map((name) => {
    const at = { name, place: placeOf(name), depths };
    const values = expert
      ? resolveExpert(
          expertValues(recipe, method, expert),
          method,
          recipe.rules,
          expert.model.id,
          at,
        )
      : resolveGlobal(globalValues(recipe, method), method, recipe.rules, at);
    return values[parameter];
  });
}

const linear = `merge_method: linear
base_model: a
modules:
  text_decoder:
    models:
      - {model: a, parameters: {weight: 0.5}}
      - {model: b, parameters: {weight: [0, 1]}}
  vision_tower:
    models: [{model: a, parameters: {weight: 1}}]
  multi_modal_projector:
    models: [{model: b, parameters: {weight: 1}}]
dtype: bfloat16`;

test('a model weighs nothing in a module that does not name it, and a gradient runs over the module’s layers', () => {
  expect(over(linear, 'weight', 'a')).toEqual([0.5, 0.5, 0.5, 0, 1, 1]);
  expect(over(linear, 'weight', 'b')).toEqual([0, 0, 1, 1, 0, 0]);
  const { recipe, remarks } = imported(linear);
  expect(recipe.experts.map(({ model }) => model.id)).toEqual(['a', 'b']);
  expect(remarks.map(({ line, kind }) => [line, kind])).toEqual([
    [8, 'note'],
    [10, 'note'],
  ]);
});

test('parameters of a module go before those of the recipe, with filters where all other tensors are', () => {
  const ties = `merge_method: ties
base_model: base
modules:
  vision_tower:
    parameters: {density: 0.3, lambda: 0.5}
    models: [{model: a}, {model: b, parameters: {density: [0.2, 0.4]}}]
  text_decoder:
    parameters: {density: [{filter: mlp, value: 0.7}, {value: 0.6}]}
    models: [{model: a}, {model: b}]
parameters: {weight: 1, lambda: 0.9}`;
  expect(over(ties, 'density', 'a')).toEqual([0.6, 0.7, 0.6, 0.6, 0.3, 0.3]);
  expect(over(ties, 'density', 'b')).toEqual([0.6, 0.7, 0.6, 0.6, 0.2, 0.4]);
  expect(over(ties, 'lambda', null)).toEqual([0.9, 0.9, 0.9, 0.9, 0.5, 0.5]);
  expect(imported(ties).remarks.map(({ kind }) => kind)).toEqual(['note']);
});

test('modules that say the same are the plain recipe', () => {
  const same = `merge_method: slerp
base_model: a
modules:
  encoder: {models: [{model: a}, {model: b}]}
  decoder: {models: [{model: b}, {model: a}]}
parameters: {t: 0.3}`;
  const { recipe } = imported(same);
  expect(recipe).toMatchObject({ values: { t: 0.3 }, rules: [] });
  expect(recipe.experts.map(({ model }) => model.id)).toEqual(['a', 'b']);
});

test('what modules say that cannot be expressed is named by line, with what to do', () => {
  const filtered = linear.replace(
    '{weight: 1}}]\n  multi',
    '{weight: [{filter: mlp, value: 1}]}}]\n  multi',
  );
  expect(imported(filtered).remarks).toContainEqual({
    ...{ line: 9, kind: 'left out', text: expect.stringContaining('goes by filters') },
  });
  const others = `merge_method: karcher
modules:
  text_decoder: {models: [{model: a}, {model: b}]}
  vision_tower: {models: [{model: a}]}`;
  expect(problem(others)).toMatch(/^Module vision_tower merges other models.*\(line 4, column 3\)/);
  const slices = `merge_method: linear
modules:
  text_decoder:
    slices: [{sources: [{model: a, layer_range: [0, 2]}]}]`;
  expect(problem(slices)).toMatch(/cannot be rearranged here yet: give it models \(line 4/);
  expect(problem('merge_method: linear\nmodules: {}')).toContain('modules is an empty map');
  expect(problem('merge_method: linear\nmodules: {text_decoder: {}}')).toContain('names no models');
});
