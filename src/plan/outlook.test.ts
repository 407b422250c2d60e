import { expect, test } from 'vitest';
import { headerModel } from '../testing/model.ts';
import { planned, planWith, recipeOf } from '../testing/planning.ts';
import { outlookOf, prospectOf } from './outlook.ts';

const tensors = {
  'model.embed_tokens.weight': ['BF16', [8, 4]],
  'model.layers.0.mlp.up_proj.weight': ['BF16', [4, 4]],
  'model.layers.2.self_attn.q_proj.weight': ['BF16', [4, 4]],
  'model.position_ids': ['I64', [3]],
} as const;
const companions = { 'config.json': '{}', 'tokenizer.json': '{"a":1}' };
const base = headerModel('base', tensors, { companions });
const expert = headerModel('expert', tensors);
const models = new Map([base, expert].map((model) => [model.id, model]));
const recipe = recipeOf(base, [expert]);

test('an outlook counts what is merged and what is copied', () => {
  const outlook = outlookOf(planned(recipe, [base, expert]), models);
  expect(outlook).toMatchObject({ tensors: 4, merged: 3, copied: 1, cast: 0, elements: 64 });
  expect(outlook).toMatchObject({ layers: 3, readsTwice: false });
});

test('it names the slots of block weights in which something is merged', () => {
  const unet = {
    'input_blocks.4.1.proj_in.weight': ['F16', [4, 4]],
    'middle_block.1.proj_in.weight': ['F16', [4, 4]],
    'out.2.weight': ['F16', [4, 4]],
  } as const;
  const [whole, other] = ['whole', 'other'].map((id) => headerModel(id, unet));
  const found = outlookOf(planned(recipeOf(whole, [other]), [whole, other]), models);
  expect(found.blocks).toEqual(['IN04', 'MID']);
  expect(outlookOf(planned(recipe, [base, expert]), models).blocks).toEqual([]);
});

test('it lists the files, how large they are and where they come from', () => {
  const plan = planned({ ...recipe, output: { ...recipe.output, shardBytes: 100 } }, [
    base,
    expert,
  ]);
  const { files, sideFiles } = outlookOf(plan, models);
  expect(files.map(({ name, tensors }) => [name, tensors])).toEqual([
    ['model-00001-of-00002.safetensors', 2],
    ['model-00002-of-00002.safetensors', 2],
  ]);
  expect(files.map(({ size }) => size)).toEqual(plan.files.map(({ byteLength }) => byteLength));
  const tokenizer = sideFiles.find(({ name }) => name === 'tokenizer.json');
  expect(tokenizer).toEqual({ name: 'tokenizer.json', size: 7, from: 'base' });
  expect(sideFiles.find(({ name }) => name === 'README.md')).toMatchObject({ from: null });
});

test('without a plan there are the findings', () => {
  const prospect = prospectOf(planWith(recipe, [base]), new Map([['base', base]]));
  expect('findings' in prospect && prospect.findings[0].severity).toBe('error');
});

test('a finding takes the first names along, and says how many more there are', () => {
  const many = Object.fromEntries(
    Array.from({ length: 250 }, (_, i) => [`layers.${i}.w`, ['F32', [2]] as const]),
  );
  const [whole, part] = [
    headerModel('whole', many),
    headerModel('part', { 'layers.0.w': ['F32', [2]] }),
  ];
  const { findings } = outlookOf(planned(recipeOf(whole, [part]), [whole, part]), models);
  const missing = findings.find(({ tensors }) => tensors);
  expect(missing?.tensors).toHaveLength(200);
  expect(missing?.tensors?.[0]).toBe('layers.1.w');
  expect(missing?.moreTensors).toBe(49);
});
