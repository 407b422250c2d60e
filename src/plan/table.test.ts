import { expect, test } from 'vitest';
import { headerModel } from '../testing/model.ts';
import { planned, recipeOf, withValues } from '../testing/planning.ts';
import { Table } from './table.ts';

const tensors = {
  // First, as in the plan: wide dtypes lie first in a file.
  'model.layers.1.steps': ['I64', [1]],
  'model.embed_tokens.weight': ['F32', [2]],
  'model.layers.1.mlp.up_proj.weight': ['F32', [2]],
  'model.layers.11.mlp.up_proj.weight': ['BF16', [2]],
} as const;
const names = Object.keys(tensors);
const [base, expert] = ['base', 'expert'].map((id) => headerModel(id, tensors));
const recipe = withValues(recipeOf(base, [expert]), { weight: 0.5 });
const table = new Table(planned(recipe, [base, expert]).jobs);
const found = (filter: string) =>
  table.rows({ filter, from: 0, to: 9 }).rows.map(({ tensor }) => tensor);

test('a row says where a tensor lies, what happens to it and with which parameters', () => {
  const { rows } = table.rows({ filter: '', from: 0, to: 9 });
  expect(
    rows.map(({ group, layer, act, params }) => [group, layer, act, params?.perModel]),
  ).toEqual([
    ['other', 1, 'copy', undefined],
    ['embeddings', null, 'merge', [{ weight: 0.5 }]],
    ['mlp', 1, 'merge', [{ weight: 0.5 }]],
    ['mlp', 11, 'merge', [{ weight: 0.5 }]],
  ]);
  expect(rows[3]).toMatchObject({ tensor: names[3], shape: [2], dtype: 'BF16' });
  expect(rows[3].params?.global).toMatchObject({ lambda: 0.8 });
});

test('a window holds its rows and tells how many there are', () => {
  const window = { filter: 'mlp', from: 1, to: 9 };
  const { rows, ...rest } = table.rows(window);
  expect(rows.map(({ tensor }) => tensor)).toEqual([names[3]]);
  expect(rest).toEqual({ window, found: 2 });
});

test('the filter looks for all of its words in name, group, layer, act and dtype', () => {
  expect(found(' ')).toEqual(names);
  expect(found('mlp layer11')).toEqual([names[3]]);
  expect(found('MLP bf16')).toEqual([names[3]]);
  expect(found('copy')).toEqual([names[0]]);
  expect(found('embeddings mlp')).toEqual([]);
});
