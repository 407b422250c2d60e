import { f16, f32, modelFile } from '../src/testing/model-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import type { Files } from './fixtures/model-folder.ts';
import { jsonOf, outputOf } from './fixtures/output-folder.ts';
import { valuesOf } from './fixtures/weights.ts';

const base = [1, -2, 0.5, 3];
const tuned = [2, -2, 1.5, 1];
/** λ 0.5 of what was learnt, worked out here. */
const merged = base.map((value, i) => value + 0.5 * (tuned[i] - value));

const embedder = (values: readonly number[], more: Files = {}): Files => ({
  'modules.json': JSON.stringify([
    { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
    { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
    { idx: 2, name: '2', path: '2_Dense', type: 'sentence_transformers.models.Dense' },
  ]),
  'config.json': '{"model_type":"bert","architectures":["BertModel"]}',
  'config_sentence_transformers.json': '{"prompts":{"query":"q: "}}',
  'model.safetensors': modelFile({ 'encoder.layer.0.output.dense.weight': f32([2, 2], values) }),
  '1_Pooling/config.json': '{"word_embedding_dimension":2}',
  '2_Dense/config.json': '{"in_features":2,"out_features":2}',
  '2_Dense/model.safetensors': modelFile({ 'linear.weight': f32([2, 2], values) }),
  ...more,
});

test('merges an embedding model with its dense layer, and keeps its folders', async ({
  workbench,
  onDisk,
}) => {
  await workbench.open();
  const code = { 'modeling_own.py': 'raise SystemExit\n', 'pytorch_model.bin': 'pickle' };
  await workbench.drop(
    await onDisk({ 'e-base': embedder(base, code), 'e-tuned': embedder(tuned) }),
  );
  await expect(workbench.recipe.base('e-base')).toContainText('safetensors');
  await expect(workbench.recipe.experts).toHaveText(['e-tuned']);
  await expect(
    workbench.findings.filter({ hasText: 'e-base brings code: modeling_own.py' }),
  ).toHaveCount(1);
  await workbench.showTab('Plan');
  const leftOut = workbench.page.getByRole('row', { name: /pytorch_model\.bin/ });
  await expect(leftOut).toContainText('weights as a Python pickle');
  await workbench.method.setField('λ', '0.5');
  await workbench.merge();
  const files = await outputOf(workbench);
  expect(Object.keys(files).sort()).toEqual([
    '1_Pooling/config.json',
    '2_Dense/config.json',
    '2_Dense/model.safetensors',
    'README.md',
    'amalgam-recipe.json',
    'amalgam-verify.json',
    'config.json',
    'config_sentence_transformers.json',
    'model.safetensors',
    'modeling_own.py',
    'modules.json',
  ]);
  expect(await valuesOf(files['2_Dense/model.safetensors'])).toEqual({ 'linear.weight': merged });
  expect(await valuesOf(files['model.safetensors'])).toEqual({
    'encoder.layer.0.output.dense.weight': merged,
  });
  expect(files['2_Dense/config.json'].toString()).toBe('{"in_features":2,"out_features":2}');
  expect(files['README.md'].toString()).toContain('library_name: sentence-transformers');
});

const pipeline = (values: readonly number[]): Files => ({
  'model_index.json': JSON.stringify({
    _class_name: 'StableDiffusionPipeline',
    unet: ['diffusers', 'UNet2DConditionModel'],
    text_encoder: ['transformers', 'CLIPTextModel'],
    scheduler: ['diffusers', 'DDIMScheduler'],
  }),
  'all-in-one.safetensors': modelFile({ odd: f32([1]) }),
  'unet/config.json': '{"_class_name":"UNet2DConditionModel"}',
  'unet/diffusion_pytorch_model.safetensors': modelFile({ 'conv_in.weight': f32([2, 2], values) }),
  'unet/diffusion_pytorch_model.fp16.safetensors': modelFile({
    'conv_in.weight': f16([2, 2], values),
  }),
  'text_encoder/config.json': '{"model_type":"clip_text_model"}',
  'text_encoder/model.safetensors': modelFile({ 'conv_in.weight': f32([2, 2], values) }),
  'scheduler/scheduler_config.json': '{}',
});

test('merges a diffusers pipeline component by component', async ({ workbench, onDisk }) => {
  await workbench.open();
  await workbench.drop(await onDisk({ 'p-base': pipeline(base), 'p-tuned': pipeline(tuned) }));
  await expect(workbench.recipe.experts).toHaveText(['p-tuned']);
  await workbench.method.setField('λ', '0.5');
  await workbench.merge();
  const files = await outputOf(workbench);
  expect(
    Object.keys(files)
      .filter((path) => path.includes('/'))
      .sort(),
  ).toEqual([
    'scheduler/scheduler_config.json',
    'text_encoder/config.json',
    'text_encoder/model.safetensors',
    'unet/config.json',
    'unet/diffusion_pytorch_model.safetensors',
  ]);
  expect(await valuesOf(files['unet/diffusion_pytorch_model.safetensors'])).toEqual({
    'conv_in.weight': merged,
  });
  expect(await valuesOf(files['text_encoder/model.safetensors'])).toEqual({
    'conv_in.weight': merged,
  });
  expect(jsonOf(files['unet/config.json'])).toEqual({ _class_name: 'UNet2DConditionModel' });
  expect(jsonOf(files['text_encoder/config.json']).torch_dtype).toBe('float32');
});

test('takes the chat template of the expert at a press, and gives it back on undo', async ({
  workbench,
  onDisk,
}) => {
  const chat = (more: object) => ({
    'config.json': '{"model_type":"llama"}',
    'tokenizer_config.json': JSON.stringify({ eos_token: '</s>', ...more }),
    'model.safetensors': modelFile({ 'layers.0.a.weight': f32([2, 2], base) }),
  });
  await workbench.open();
  await workbench.drop(
    await onDisk({ 'c-base': chat({}), 'c-chat': chat({ chat_template: '{{ x }}' }) }),
  );
  const finding = workbench.findings.filter({ hasText: 'c-chat has a chat template' });
  await expect(finding).toHaveCount(1);
  await finding.getByRole('button', { name: 'Take the chat template of c-chat' }).click();
  await expect(finding).toHaveCount(0);
  await workbench.button('Undo').first().click();
  await expect(finding).toHaveCount(1);
  await finding.getByRole('button', { name: 'Take the chat template of c-chat' }).click();
  await workbench.merge();
  const files = await outputOf(workbench);
  expect(jsonOf(files['tokenizer_config.json']).chat_template).toBe('{{ x }}');
  expect(jsonOf(files['amalgam-recipe.json']).donors).toEqual({ chatTemplate: expect.any(String) });
});
