import { expect, test } from 'vitest';
import { headerModel } from '../testing/model.ts';
import { planned, recipeOf } from '../testing/planning.ts';
import { filterJobs, rowOf } from './tensor-rows.ts';

const tensors = {
  // First, as in the plan: wide dtypes lie first in a file.
  'model.layers.1.steps': ['I64', [1]],
  'model.embed_tokens.weight': ['F32', [2]],
  'model.layers.1.mlp.up_proj.weight': ['F32', [2]],
  'model.layers.11.mlp.up_proj.weight': ['BF16', [2]],
} as const;
const [base, expert] = ['base', 'expert'].map((id) => headerModel(id, tensors));
const { jobs } = planned(recipeOf(base, [expert]), [base, expert]);
const found = (filter: string) => filterJobs(jobs, filter).map(({ tensor }) => tensor);

test('a row says where a tensor lies and what happens to it', () => {
  expect(jobs.map(rowOf)).toEqual([
    { group: 'other', layer: 1, act: 'copy', models: 0 },
    { group: 'embeddings', layer: null, act: 'merge', models: 1 },
    { group: 'mlp', layer: 1, act: 'merge', models: 1 },
    { group: 'mlp', layer: 11, act: 'merge', models: 1 },
  ]);
});

test('the filter looks for all of its words in name, group, layer, act and dtype', () => {
  const names = Object.keys(tensors);
  expect(found(' ')).toEqual(names);
  expect(found('mlp layer11')).toEqual([names[3]]);
  expect(found('MLP bf16')).toEqual([names[3]]);
  expect(found('copy')).toEqual([names[0]]);
  expect(found('embeddings mlp')).toEqual([]);
});
