import { expect, test } from 'vitest';
import type { Model } from '../../formats/model.ts';
import type { Source } from '../../io/source.ts';
import { plan } from '../../plan/plan.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { refTo } from '../../testing/model.ts';
import { f32, modelFile, type TestTensor, whole } from '../../testing/model-file.ts';
import { Library } from '../library/library.ts';

const json = (name: string, value: unknown) =>
  memorySource(name, new TextEncoder().encode(JSON.stringify(value)));
const weights = (tensors: Record<string, TestTensor>, name = 'model.safetensors') =>
  memorySource(name, modelFile(tensors));

const q = 'model.layers.0.self_attn.q_proj';
const peft = [
  json('adapter_config.json', {
    peft_type: 'LORA',
    r: 1,
    lora_alpha: 1,
    target_modules: ['q_proj'],
  }),
  weights(
    {
      [`base_model.model.${q}.lora_A.weight`]: f32([1, 4]),
      [`base_model.model.${q}.lora_B.weight`]: f32([4, 1]),
    },
    'adapter_model.safetensors',
  ),
];
const flat = 'lora_unet_model_layers_0_self_attn_q_proj';
const kohya = [
  weights({
    [`${flat}.lora_down.weight`]: f32([1, 4]),
    [`${flat}.lora_up.weight`]: f32([4, 1]),
    [`${flat}.alpha`]: f32([], [1]),
  }),
];
const codes = [
  json('config.json', { quantization_config: { quant_method: 'fp8', weight_block_size: [4, 4] } }),
  weights({
    [`${q}.weight`]: { ...whole('U8', [4, 4], [56]), dtype: 'F8_E4M3' },
    [`${q}.weight_scale_inv`]: f32([1, 1], [1]),
  }),
];
const plain = [weights({ [`${q}.weight`]: f32([4, 4]) })];

async function refusals(given: Record<string, Source[]>, recipe: Partial<Recipe> = {}) {
  const library = new Library();
  const models = new Map<string, Model>();
  for (const [id, files] of Object.entries(given)) {
    models.set(id, await library.open(id, id, files));
  }
  const { base, ...experts } = Object.fromEntries(models);
  const made = plan({
    recipe: {
      ...emptyRecipe(),
      base: base ? refTo(base) : null,
      experts: Object.values(experts).map((model) => ({ model: refTo(model), values: {} })),
      ...recipe,
    },
    ...{ models, recipeHash: 'hash', producer: { version: '0', backend: 'cpu' } as const },
  });
  const findings = 'plan' in made ? made.plan.findings : made.findings;
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

const adapter = { output: { ...emptyRecipe().output, as: 'adapter' } } as const;

test('an adapter is added to plain weights', async () => {
  expect(await refusals({ base: plain, peft })).toEqual([]);
});

test('an update of weights that are stored as codes is refused, not dropped', async () => {
  expect(await refusals({ base: codes, peft })).toEqual(['adapter-on-codes']);
});

test('names without dots become names of PEFT where a model of these modules is known', async () => {
  const peft_ = { output: { ...adapter.output, naming: 'peft' } } as const;
  expect(await refusals({ kohya }, adapter)).toEqual([]);
  expect(await refusals({ kohya }, peft_)).toEqual([]);
  expect(await refusals({ peft, kohya }, adapter)).toEqual([]);
});

test('an update is not moved to another weight by a rename', async () => {
  const renames = [{ id: 'r', model: 'peft', from: `${q}.*`, to: 'model.other.*' }];
  expect(await refusals({ base: plain, peft }, { renames })).toContain('adapter-renamed');
});

test('an adapter keeps the names that PEFT has for its modules, whatever the base’s files lack', async () => {
  const bare = [weights({ [`${q.replace('model.', '')}.weight`]: f32([4, 4]) })];
  const library = new Library();
  const base = await library.open('base', 'base', bare);
  const one = await library.open('one', 'one', peft);
  const made = plan({
    recipe: {
      ...emptyRecipe(),
      ...adapter,
      base: refTo(base),
      experts: [{ model: refTo(one), values: {} }],
    },
    models: new Map([base, one].map((model) => [model.id, model])),
    ...{ recipeHash: 'hash', producer: { version: '0', backend: 'cpu' } as const },
  });
  const jobs = 'plan' in made ? made.plan.jobs.map(({ tensor }) => tensor) : made.findings;
  expect(jobs).toEqual([
    `base_model.model.${q}.lora_A.weight`,
    `base_model.model.${q}.lora_B.weight`,
  ]);
});

test('a whole model among adapters that are to stay one is refused, whatever the order', async () => {
  expect(await refusals({ whole: plain, peft }, adapter)).toEqual(['adapter-of-models']);
  expect(await refusals({ peft, whole: plain }, adapter)).toEqual(['adapter-of-models']);
});

test('an average of weights that scales the base as well is no adapter', async () => {
  const linear = { ...adapter, method: 'linear' };
  expect(await refusals({ base: plain, peft, other: peft }, linear)).toEqual([]);
  const bare = { ...linear, values: { normalize: false } };
  expect(await refusals({ base: plain, peft, other: peft }, bare)).toEqual(['adapter-of-weights']);
});
