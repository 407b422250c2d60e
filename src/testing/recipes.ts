import { emptyRecipe } from '../recipe/defaults.ts';
import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import { resultOf } from '../recipe/series.ts';

export const modelRef = (id: string): ModelRef => ({ id, name: id, origin: 'local', bytes: 100 });

/** A recipe that uses every member of the document. */
export const fullRecipe: Recipe = {
  version: 2,
  method: 'ties',
  dialect: 'mergekit',
  arithmetic: { zeroVote: 'drop', smallTrim: 'keep one' },
  base: modelRef('base'),
  experts: [
    { model: { ...modelRef('math'), name: 'mäth ∑ 数学' }, values: { weight: -0.5, density: 0.3 } },
    { model: modelRef('code'), values: {} },
  ],
  slices: [
    {
      id: 'slice-1',
      sources: [
        { model: 'base', from: 0, to: 12, values: {} },
        { model: 'math', from: 2, to: 14, values: { weight: 0.25 } },
      ],
      method: null,
      values: { lambda: 0.9 },
      rules: [
        {
          id: 'd',
          filter: { kind: 'contains', text: 'mlp' },
          parameter: 'density',
          model: 'math',
          value: [1, 0.5],
        },
      ],
    },
    {
      id: 'slice-2',
      sources: [{ model: 'code', from: 3, to: 3, values: { scale: 0.5 } }],
      method: 'passthrough',
      values: {},
      rules: [],
    },
  ],
  values: { lambda: 0.7 },
  rules: [
    {
      id: 'a',
      filter: { kind: 'contains', text: 'q_proj' },
      parameter: 'weight',
      model: 'math',
      value: [0, 0.5, 1],
    },
    {
      id: 'b',
      filter: { kind: 'group', group: 'norms' },
      parameter: 'density',
      model: null,
      value: 1,
    },
    {
      id: 'c',
      filter: { kind: 'blocks' },
      parameter: 'weight',
      model: 'code',
      value: [1, 0, 0.25, 0, 1, 1, 1, 0, -0.5, 0, 0, 0],
    },
  ],
  keeps: [
    {
      id: 'k',
      filter: { kind: 'name', name: 'lm_head.weight' },
      from: { kind: 'model', model: 'math' },
    },
    { id: 'l', filter: { kind: 'misfit' }, from: { kind: 'base' } },
    { id: 'm', filter: { kind: 'contains', text: 'conv' }, from: { kind: 'refuse' } },
  ],
  renames: [{ id: 'n', model: 'code', from: '_orig_mod.*', to: '*' }],
  vocabulary: {
    tokens: { model: 'math' },
    rows: [
      { token: '<pad>', from: { kind: 'zeros' }, force: true },
      { token: '<|im_end|>', from: { kind: 'model', model: 'math' }, force: false },
      { token: '<x>', from: { kind: 'token', model: 'code', token: '</s>' }, force: true },
      { token: '<y>', from: { kind: 'token', model: 'base', token: 2 }, force: false },
    ],
    padTo: 64,
  },
  smallShare: 'merge anyway',
  head: 'untied',
  trimScope: 'model',
  donors: { tokenizer: 'math', chatTemplate: 'math' },
  chatTemplate: { text: '{{ messages }}\n' },
  inputDtype: 'BF16',
  extraction: { parts: ['mlp', 'convolutions'], rest: 'write vectors' },
  adapters: { profile: 'peft 0.20', combine: 'factors', clamp: 0.99 },
  output: {
    name: 'mine',
    dtype: 'BF16',
    shardBytes: 5_000_000_000,
    as: 'adapter',
    rank: { kind: 'energy', share: 0.9, most: 64 },
    naming: 'kohya',
  },
  series: {
    name: 'middle',
    before: [{ name: 'first', recipe: { ...emptyRecipe(), base: modelRef('other') } }],
    after: [
      {
        name: null,
        recipe: {
          ...emptyRecipe(),
          experts: [
            { model: resultOf('middle'), values: { weight: 0.4 } },
            { model: resultOf('first'), values: {} },
          ],
        },
      },
    ],
  },
};
