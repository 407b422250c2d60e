import { describe, expect, test } from 'vitest';
import { modelRef } from '../../testing/recipes.ts';
import { emptyRecipe } from '../defaults.ts';
import { parseRecipe } from '../parse.ts';
import type { Recipe } from '../recipe.ts';
import { sliceOf } from '../slices.ts';
import { importMergekit } from './to-recipe.ts';

const open = ['base', 'a', 'b', 'c'].map(modelRef);

function imported(text: string) {
  const made = importMergekit(text, open, emptyRecipe());
  if ('problem' in made) throw new Error(made.problem);
  expect(parseRecipe(JSON.parse(JSON.stringify(made.recipe)))).toEqual({ recipe: made.recipe });
  return made;
}
const recipe = (text: string): Recipe => imported(text).recipe;
const problem = (text: string) => {
  const made = importMergekit(text, open, emptyRecipe());
  return 'problem' in made ? made.problem : `no problem in ${JSON.stringify(made.recipe)}`;
};
const remarks = (text: string) =>
  imported(text).remarks.map(({ line, kind, text }) => `${line} ${kind}: ${text}`);
const said = ({ rules }: Recipe) =>
  rules.map(({ filter, parameter, model, value }) => [
    'text' in filter ? filter.text : filter.kind,
    ...[parameter, model, value],
  ]);
const experts = ({ experts }: Recipe) => experts.map(({ model, values }) => [model.id, values]);

describe('a recipe of mergekit is read', () => {
  test('linear, summed, in two dtypes', () => {
    const found = recipe(`
merge_method: linear
models:
  - {model: a, parameters: {weight: 0.6}}
  - {model: b, parameters: {weight: 0.7}}
parameters: {normalize: false}
dtype: float32
out_dtype: bfloat16`);
    expect(found).toMatchObject({
      ...{ method: 'linear', dialect: 'mergekit', base: null, values: { normalize: false } },
      ...{ inputDtype: 'F32', rules: [], arithmetic: {} },
    });
    expect(found.output.dtype).toBe('BF16');
    expect(experts(found)).toEqual([
      ['a', { weight: 0.6 }],
      ['b', { weight: 0.7 }],
    ]);
  });

  test('with gradients and filters as rules; outside the layers the first anchor holds, as there', () => {
    const found = recipe(`
merge_method: linear
base_model: base
models:
  - {model: a, parameters: {weight: [1, 0]}}
  - model: base
    parameters:
      weight:
        - {filter: self_attn, value: [0.0, 0.4, 1.0]}
        - {filter: down_proj, value: -0.1}
        - {value: 0.5}
dtype: bfloat16`);
    expect(said(found)).toEqual([
      ['', 'weight', 'a', [1, 0]],
      ['self_attn', 'weight', 'base', [0, 0.4, 1]],
      ['self_attn', 'weight', 'base', 0],
      ['down_proj', 'weight', 'base', -0.1],
    ]);
    expect(experts(found)).toEqual([
      ['a', {}],
      ['base', { weight: 0.5 }],
    ]);
    expect(found.donors.tokenizer).toBe('base');
  });

  test('slerp from base_model to the other model, in the one slice of all layers', () => {
    const made = imported(`
slices:
  - sources:
      - {model: a, layer_range: [0, 32]}
      - {model: b, layer_range: [0, 32]}
merge_method: slerp
base_model: b
parameters:
  t:
    - {filter: mlp, value: [1, 0.5, 0]}
    - value: 0.25
dtype: float16`);
    expect(experts(made.recipe)).toEqual([
      ['b', {}],
      ['a', {}],
    ]);
    expect(made.recipe.values).toEqual({ t: 0.25 });
    expect(said(made.recipe)).toEqual([
      ['mlp', 't', null, [1, 0.5, 0]],
      ['mlp', 't', null, 1],
    ]);
    expect(made.recipe.output.dtype).toBe('F16');
    expect(made.recipe.slices).toEqual([
      {
        ...sliceOf('slice-1', 'b', 0, 32),
        sources: ['b', 'a'].map((model) => ({ model, from: 0, to: 32, values: {} })),
      },
    ]);
  });

  test('ties with what is mergekit’s own where it is not ours: density 1', () => {
    const found = recipe(`
merge_method: ties
base_model: base
models:
  - model: base
  - {model: a, parameters: {density: 0.5, weight: 1}}
  - {model: b, parameters: {weight: 0.5}}
parameters: {normalize: false, rescale: yes, int8_mask: true}`);
    expect(found.arithmetic).toEqual({ divisor: 'none', trimRescale: 'l1' });
    expect(experts(found)).toEqual([
      ['a', { density: 0.5 }],
      ['b', { density: 1, weight: 0.5 }],
    ]);
    expect(found).toMatchObject({ base: { id: 'base' }, inputDtype: 'stored' });
    expect(found.output.dtype).toBe('base');
  });

  test('dare_ties, summed unless it says otherwise, and dare_linear without rescale', () => {
    const dare = (method: string, parameters: string) =>
      recipe(
        `{merge_method: ${method}, base_model: base, models: [{model: a}, {model: b}], parameters: {weight: 0.5, density: 0.53, ${parameters}}}`,
      );
    expect(dare('dare_ties', 'lambda: 0.9').arithmetic).toEqual({});
    expect(dare('dare_ties', 'normalize: true').arithmetic).toEqual({ divisor: 'weights' });
    expect(dare('dare_linear', 'rescale: 0').arithmetic).toEqual({ rescale: 'none' });
    expect(dare('dare_linear', 'normalize: true').values).toEqual({
      normalize: true,
    });
  });

  test('each level falls through to the next: model, then slice, then recipe', () => {
    const found = recipe(`
merge_method: task_arithmetic
base_model: base
slices:
  - parameters: {weight: [{filter: mlp, value: 3}]}
    sources:
      - {model: base, layer_range: [0, 2]}
      - {model: a, layer_range: [0, 2], parameters: {weight: [{filter: q_proj, value: 2}]}}
      - {model: b, layer_range: [0, 2]}
parameters: {weight: 4}`);
    expect(said(found)).toEqual([
      ['q_proj', 'weight', 'a', 2],
      ['mlp', 'weight', 'a', 3],
      ['mlp', 'weight', 'b', 3],
    ]);
    expect(experts(found)).toEqual([
      ['a', { weight: 4 }],
      ['b', { weight: 4 }],
    ]);
  });

  test('blends on the sphere: base_model turns task vectors, and is one more input of karcher', () => {
    const blend = (head: string) => recipe(`${head}\nmodels: [{model: a}, {model: b}]`);
    const nuslerp = 'merge_method: nuslerp\nparameters: {weight: 1}';
    expect(blend(nuslerp).values).toEqual({ of: 'weights' });
    expect(blend(`${nuslerp}\nbase_model: base`)).toMatchObject({
      ...{ base: { id: 'base' }, values: { of: 'taskVectors' } },
    });
    const karcher = blend('merge_method: karcher\nbase_model: base\nparameters: {tol: 1e-7}');
    expect(karcher.experts.map(({ model }) => model.id)).toEqual(['a', 'b', 'base']);
    expect(karcher.values).toEqual({ tol: 1e-7 });
  });

  test('with anchors, merge keys and adapters of the base', () => {
    const found = recipe(`
merge_method: ties
base_model: base
models:
  - model: base+a
    parameters: &mine {density: 0.5, weight: 1}
  - model: base+b@main
    parameters: {<<: *mine, weight: 2}`);
    expect(found.base?.id).toBe('base');
    expect(experts(found)).toEqual([
      ['a', { density: 0.5 }],
      ['b', { density: 0.5, weight: 2 }],
    ]);
  });

  test('out of a model card, whose lines count', () => {
    const card = `---
tags: [merge]
---
# A merge

\`\`\`bash
pip install mergekit
\`\`\`

\`\`\`yaml
merge_method: passthrough
models:
  - model: a
    scale: 2
\`\`\`
`;
    expect(experts(recipe(card))).toEqual([['a', {}]]);
    expect(remarks(card)).toEqual([
      '14 ignored: scale stands beside model, where mergekit ignores it.',
    ]);
  });

  test('with models that are not open, under their names', () => {
    const { recipe, awaited } = imported(
      '{merge_method: linear, models: [{model: org/A, parameters: {weight: 1}}, {model: org/new@v1, parameters: {weight: 1}}]}',
    );
    expect(awaited).toEqual(['org/new']);
    expect(recipe.experts[0].model).toEqual(modelRef('a'));
    expect(recipe.experts[1].model).toEqual({
      ...{ id: 'awaited-org-new', name: 'org/new', origin: 'local', bytes: 0 },
    });
  });
});

test('what is ignored, left out or refused is told by line', () => {
  expect(
    remarks(`
merge_method: linear
base_model: c
models:
  - model: a
    weight: 0.5
  - model: b
    parameters: {density: 0.5, normalize: false, weight: 1}
paramters: {normalize: false}
tokenizer: {source: union}
chat_template: alpaca`),
  ).toEqual([
    '3 refused: base_model c is not among the models, which linear stops at; it is left out.',
    '5 refused: linear needs weight of a, and mergekit stops without it; here it is 1.',
    '6 ignored: weight stands beside model, where mergekit ignores it: it belongs under parameters.',
    '8 ignored: linear has no parameter density; mergekit ignores it.',
    '8 ignored: normalize holds for the whole merge; under a model mergekit ignores it.',
    '9 ignored: paramters is no part of a recipe; mergekit ignores it.',
    '11 left out: The template that mergekit calls alpaca is not here: the output gets that of the base, or of a model that is chosen under “Files from”. Or paste its text in place of the name.',
  ]);
});

const two = 'models: [{model: a}, {model: b}]';
test.each([
  ['', 'The text is empty (line 1, column 1).'],
  ['just words', 'A recipe is a map of names and values; found “just words” (line 1, column 1).'],
  ['merge_method: ties\nmodels: [a', 'This is no YAML: '],
  ['merge_method: ties\nmodels: [a', '(line 2, column 11).'],
  ['models: []', 'The recipe has no merge_method (line 1, column 1).'],
  [`merge_method: mega\n${two}`, 'merge_method is “mega”; of mergekit’s methods these can be'],
  ['merge_method: linear', 'It names no models: expected one of models, slices and modules'],
  ['merge_method: linear\nmodels: a', 'models should be a list; found “a” (line 2, column 9).'],
  ['merge_method: linear\nmodels: [a]', 'A model should be a map of names and values; found “a”'],
  ['merge_method: linear\nmodules: {x: {}}', 'Module x names no models'],
  [`merge_method: ties\n${two}`, 'ties needs a base_model (line 2, column 1).'],
  [
    `merge_method: slerp\nbase_model: c\n${two}`,
    'slerp takes 2 models, and the recipe has 3: mergekit stops',
  ],
  [
    `merge_method: linear\ndtype: int8\n${two}`,
    'dtype should be one of float32, float16, bfloat16; found “int8” (line 2, column 8).',
  ],
  ['merge_method: linear\nmodels: [{model: a+b+c}]', '“a+b+c” has more than one “+”'],
  ['merge_method: linear\nmodels: [{model: a@b@c}]', '“a@b@c” is no name of a model'],
  [
    'merge_method: linear\nmodels: [{model: a, parameters: {weight: heavy}}]',
    'weight should be a number; found “heavy” (line 2, column 42).',
  ],
  [
    'merge_method: linear\nmodels: [{model: a, parameters: {weight: []}}]',
    'weight is an empty list',
  ],
  [
    `merge_method: ties\nbase_model: base\n${two}\nparameters: {density: -1, weight: 1}`,
    'density of a: density must be a number from 0, found -1 (line 4, column 23).',
  ],
  [
    'merge_method: linear\nslices:\n- sources: [{model: a, layer_range: [0, 2]}, {model: b, layer_range: [0, 3]}]',
    'b gives 3 layers and a 2: mergekit stops where they are not as many (line 3, column 54).',
  ],
  [
    'merge_method: passthrough\nslices:\n- sources: [{model: a}]',
    'a has no layer_range, without which mergekit reads no slice',
  ],
  [
    'merge_method: passthrough\nslices:\n- sources: [{model: a, layer_range: [-2, 0]}]',
    'layer_range should be two whole numbers',
  ],
  [
    'merge_method: ties\nbase_model: a\nslices:\n- {sources: [{model: a, layer_range: [0, 2]}]}\n- {base_model: b, sources: [{model: b, layer_range: [0, 2]}]}',
    'base_model b beside a: one recipe here has one base',
  ],
  [
    'merge_method: ties\nslices:\n- {base_model: a, sources: [{model: a, layer_range: [0, 2]}]}\n- {base_model: b, sources: [{model: b, layer_range: [0, 2]}]}',
    'base_model b beside a: one recipe here has one base. Write two recipes with --- between',
  ],
  [
    'merge_method: passthrough\nslices:\n- sources: [{model: a, layer_range: [0, -1]}]',
    'The slices have no layers together: a layer_range ends before its second number, as [0, 32] of 32 layers',
  ],
  [`merge_method: linear\n${two}\n---\nmerge_method: linear\n${two}`, 'The text holds 2 recipes'],
  ['a: &x [*x]', 'A value that contains itself'],
  [
    `merge_method: linear\nmodels: [${'{model: a},'.repeat(101)}]`,
    'The recipe has 101 models; at most 100 are read (line 2, column 1110).',
  ],
  [
    `merge_method: linear\n${two}\nparameters: {weight: [${'1,'.repeat(1001)}]}`,
    'more than a recipe can hold: rules[0].value: a list of 1,001, expected at most 1,000.',
  ],
])('%j says why it cannot be taken on', (text, why) => {
  expect(problem(text)).toContain(why);
});
