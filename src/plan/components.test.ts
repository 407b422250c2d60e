import { expect, test } from 'vitest';
import { emptyRecipe } from '../recipe/defaults.ts';
import { headerModel } from '../testing/model.ts';
import { findingOf, jobOf, planned, recipeOf } from '../testing/planning.ts';
import { placeOf } from './groups.ts';

const tensors = {
  'unet/down_blocks.0.attentions.0.to_q.weight': ['F16', [4, 4]],
  'unet/down_blocks.1.attentions.0.to_q.weight': ['F16', [4, 4]],
  'vae/encoder.conv_in.weight': ['F32', [4, 4]],
  'text_encoder/text_model.encoder.layers.0.mlp.fc1.weight': ['F16', [4, 4]],
} as const;
const companions = {
  'model_index.json': '{"_class_name":"P"}',
  'unet/config.json': '{"_class_name":"UNet2DConditionModel","sample_size":8}',
  'vae/config.json': '{"_class_name":"AutoencoderKL"}',
  'text_encoder/config.json': '{"model_type":"clip_text_model","hidden_size":4}',
};
const components = ['unet', 'vae', 'text_encoder'];
const options = { config: null, companions, components };
const base = headerModel('base', tensors, options);
const style = headerModel('style', tensors, options);

test('a pipeline is written component by component, under the names that its libraries look for', () => {
  const recipe = recipeOf(base, [style]);
  const { files, sideFiles, jobs } = planned(recipe, [base, style]);
  expect(files.map(({ name }) => name)).toEqual([
    'unet/diffusion_pytorch_model.safetensors',
    'vae/diffusion_pytorch_model.safetensors',
    'text_encoder/diffusion_pytorch_model.safetensors',
  ]);
  expect(jobs.every(({ parts }) => parts[0].kind === 'merge')).toBe(true);
  expect(sideFiles.map(({ name }) => name)).toEqual([
    'model_index.json',
    'text_encoder/config.json',
    'unet/config.json',
    'vae/config.json',
    'README.md',
    'amalgam-recipe.json',
  ]);
  const card = sideFiles.find(({ name }) => name === 'README.md');
  expect(card && 'text' in card && card.text).toContain('library_name: diffusers');
});

test('a variant is written without its name: the output has no other', () => {
  const half = headerModel('half', tensors, { ...options, stem: 'diffusion_pytorch_model.fp16' });
  const { files } = planned(recipeOf(half, [style]), [half, style]);
  expect(files[0].name).toBe('unet/diffusion_pytorch_model.safetensors');
});

test('only configs of transformers name a dtype that they did not have', () => {
  const { sideFiles } = planned(recipeOf(base, [style]), [base, style]);
  const textOf = (name: string) => {
    const file = sideFiles.find((side) => side.name === name);
    return JSON.parse(file && 'text' in file ? file.text : 'null');
  };
  expect(textOf('text_encoder/config.json').torch_dtype).toBe('float16');
  expect(textOf('unet/config.json')).not.toHaveProperty('torch_dtype');
});

test('a rule may be about one component', () => {
  const rules = [
    {
      id: 'r',
      filter: { kind: 'contains', text: 'unet/' },
      parameter: 'lambda',
      model: null,
      value: 0.25,
    },
  ] as const;
  const plan = planned(recipeOf(base, [style], { rules, values: { lambda: 1 } }), [base, style]);
  const lambdas = Object.keys(tensors).map((name) => {
    const [part] = jobOf(plan, name).parts;
    return part.kind === 'merge' && part.global['lambda'];
  });
  expect(lambdas).toEqual([0.25, 0.25, 1, 1]);
});

test('depth and role are told in a component as in a model', () => {
  expect(placeOf('unet/down_blocks.1.attentions.0.to_q.weight')).toEqual({
    group: 'attention',
    stack: 'unet/down_blocks',
    layer: 1,
  });
  expect(placeOf('text_encoder/text_model.embeddings.token_embedding.weight').group).toBe(
    'embeddings',
  );
});

test('a module that is read from one file only is never cut', () => {
  const dense = {
    'layers.0.a.weight': ['F32', [8, 8]],
    'layers.1.a.weight': ['F32', [8, 8]],
    '2_Dense/linear.weight': ['F32', [8, 8]],
    '2_Dense/linear.bias': ['F32', [8]],
  } as const;
  const more = {
    config: { model_type: 'bert' },
    companions: {
      'modules.json': '[]',
      'config.json': '{"model_type":"bert"}',
      '2_Dense/config.json': '{"in_features":8}',
    },
    components: ['', '2_Dense'],
    stem: 'model',
  };
  const [one, two] = ['one', 'two'].map((id) => headerModel(id, dense, more));
  const recipe = recipeOf(one, [two], {
    output: { ...emptyRecipe().output, dtype: 'F16', shardBytes: 130 },
  });
  const { files, sideFiles } = planned(recipe, [one, two]);
  expect(files.map(({ name }) => name)).toEqual([
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    '2_Dense/model.safetensors',
  ]);
  const config = sideFiles.find(({ name }) => name === '2_Dense/config.json');
  expect(config && 'text' in config && config.text).toBe('{"in_features":8}');
});

test('configs are compared component by component', () => {
  const odd = headerModel('odd', tensors, {
    ...options,
    companions: {
      ...companions,
      'text_encoder/config.json': '{"model_type":"clip_text_model","hidden_size":8}',
    },
  });
  const finding = findingOf(recipeOf(base, [odd]), [base, odd], 'config-differs');
  expect(finding.message).toContain('text_encoder/config.json of odd has hidden_size 8');
});
