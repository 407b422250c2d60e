/** What has no name in a naming is refused by name; and what else a naming says in the file. */
import { describe, expect, test } from 'vitest';
import type { AdapterNaming } from '../../recipe/recipe.ts';
import {
  addedBy,
  contentsOf,
  diffusersFile,
  type Files,
  farthest,
  kohyaFile,
  mergeAdapters,
  peftFolder,
} from '../../testing/adapter-files.ts';
import { f32, modelFile } from '../../testing/model-file.ts';

const converted = (files: Files, naming: AdapterNaming) =>
  mergeAdapters([files], { output: { naming, name: 'made' } });

async function refusal(files: Files, naming: AdapterNaming) {
  const { findings } = await converted(files, naming);
  const found = findings.filter(({ severity }) => severity === 'error');
  expect(found.map(({ code }) => code)).toEqual(['adapter-unnamed']);
  const [{ message, fixes = [] }] = found;
  return [message, fixes.map((fix) => ('value' in fix ? fix.value : fix.kind))];
}

describe('a naming without a name for a weight', () => {
  test('refuses what only looks like Flux: SD3, and HunyuanVideo with more blocks', async () => {
    const [message, others] = await refusal(
      diffusersFile({ 'transformer.transformer_blocks.0.attn.to_q': [4, 4] }),
      'kohya',
    );
    expect(message).toBe(
      '1 weight (transformer.transformer_blocks.0.attn.to_q.weight) has no name in kohya’s naming: of transformer.transformer_blocks.0.attn.to_q.weight, it is none of a model whose names are known in it.',
    );
    expect(others).toEqual(['as the first adapter', 'peft']);
    const video = diffusersFile({
      'transformer.transformer_blocks.0.attn.to_q': [4, 4],
      'transformer.single_transformer_blocks.39.proj_mlp': [16, 4],
    });
    expect((await refusal(video, 'kohya'))[0]).toContain('2 weights');
  });

  test('never turns underscores of a model that nobody knows into dots', async () => {
    const kohya = kohyaFile({ lora_unet_blocks_0_cross_attn_k_img: [4, 4] });
    expect(await refusal(kohya, 'diffusers')).toEqual([
      '1 weight (lora_unet_blocks_0_cross_attn_k_img.weight) has no name in diffusers’ naming: of lora_unet_blocks_0_cross_attn_k_img.weight, nothing tells which of its underscores were dots.',
      ['as the first adapter'],
    ]);
    expect((await converted(kohya, 'kohya')).findings).toEqual([]);
  });

  test('is told the dots by the base', async () => {
    const kohya = kohyaFile({ lora_unet_blocks_0_cross_attn_k_img: [4, 4] });
    const name = 'blocks.0.cross_attn.k_img';
    const base: Files = new Map([
      ['model.safetensors', modelFile({ [`${name}.weight`]: f32([4, 4]) })],
    ]);
    const { files } = await mergeAdapters([kohya], { output: { naming: 'peft' } }, base);
    expect(Object.keys((await contentsOf(files)).shapes)).toEqual([
      `base_model.model.${name}.lora_A.weight`,
      `base_model.model.${name}.lora_B.weight`,
    ]);
  });

  test('refuses PEFT’s for more than one model of a pipeline', async () => {
    const both = kohyaFile({
      lora_unet_mid_block_attentions_0_proj_in: [4, 4],
      lora_te_text_model_encoder_layers_0_self_attn_q_proj: [5, 5],
    });
    const [message, others] = await refusal(both, 'peft');
    expect(message).toContain('a file of PEFT is of one model, and these are of several');
    expect(others).toEqual(['as the first adapter', 'diffusers']);
  });

  test('refuses two weights that would have one name', async () => {
    const peft = peftFolder({ 'blocks.0.to_q': [4, 4], 'blocks.0.to.q': [4, 4] });
    const [message, others] = await refusal(peft, 'kohya');
    expect(message).toContain('another weight has that name');
    expect(others).toEqual(['as the first adapter']);
  });

  test('refuses to fuse parts of other rows than the layout has', async () => {
    const odd = diffusersFile({
      'transformer.single_transformer_blocks.0.attn.to_q': [4, 4],
      'transformer.single_transformer_blocks.0.attn.to_k': [2, 4],
    });
    const [message] = await refusal(odd, 'kohya');
    expect(message).toContain(
      'it is fused with others there, and has other rows than they leave it',
    );
  });

  test('refuses what rules tell apart, and the naming has in one', async () => {
    const parts = diffusersFile({
      'transformer.single_transformer_blocks.0.attn.to_q': [4, 4],
      'transformer.single_transformer_blocks.0.attn.to_k': [4, 4],
    });
    const rule = { id: 'r', filter: { kind: 'contains', text: 'to_q' }, model: null } as const;
    const rules = [{ ...rule, parameter: 'weight', value: 0.5 }];
    const { findings } = await mergeAdapters([parts], { rules, output: { naming: 'kohya' } });
    expect(
      findings.filter(({ severity }) => severity === 'error').map((one) => one.message),
    ).toEqual([
      'Rules give different values to transformer.single_transformer_blocks.0.attn.to_k.weight, transformer.single_transformer_blocks.0.attn.to_q.weight, which are one module in kohya’s naming: lora_unet_single_blocks_0_linear1.',
    ]);
  });
});

describe('what a file says of itself', () => {
  test('is in kohya’s names the least that sd-scripts writes, and nothing of the training', async () => {
    const kohya = kohyaFile(
      { lora_unet_input_blocks_4_1_proj_in: [4, 4] },
      { rank: 2, alpha: 1 },
      {
        ss_base_model_version: 'sdxl_base_v1-0',
        ss_tag_frequency: '{"secret":1}',
        ss_sd_model_name: '/home/me/base.safetensors',
        'modelspec.architecture': 'stable-diffusion-xl-v1-base/lora',
      },
    );
    const { files, findings } = await mergeAdapters([kohya], { output: { name: 'made' } });
    expect(findings).toEqual([]);
    const { file, metadata } = await contentsOf(files);
    expect(file).toBe('made.safetensors');
    expect([...files.keys()].sort()).toEqual([
      'README.md',
      'amalgam-recipe.json',
      'amalgam-verify.json',
      'made.safetensors',
    ]);
    expect(
      Object.fromEntries(Object.entries(metadata).filter(([key]) => /^ss_|spec/.test(key))),
    ).toEqual({
      ss_v2: 'False',
      ss_base_model_version: 'sdxl_base_v1-0',
      ss_network_module: 'networks.lora',
      ss_network_dim: '2',
      ss_network_alpha: '2',
      'modelspec.sai_model_spec': '1.0.0',
      'modelspec.architecture': 'stable-diffusion-xl-v1-base/lora',
      'modelspec.title': 'made',
      'modelspec.merged_from': 'adapter 1',
    });
    expect(metadata).toMatchObject({ recipe_sha256: 'hash', method: 'task_arithmetic' });
  });

  test('is in diffusers’ names a config for each component, ranks by module', async () => {
    const q = 'text_model.encoder.layers.0.self_attn.q_proj';
    const k = 'text_model.encoder.layers.0.self_attn.k_proj';
    const one = diffusersFile({ 'unet.mid_block.attentions.0.proj_in': [6, 6] }, { rank: 4 });
    const two = diffusersFile(
      { [`text_encoder.${q}`]: [5, 5], [`text_encoder.${k}`]: [5, 5] },
      { rank: 2 },
    );
    const three = diffusersFile({ [`text_encoder.${q}`]: [5, 5] }, { rank: 1 });
    const { files } = await mergeAdapters([one, two, three]);
    const said = JSON.parse((await contentsOf(files)).metadata.lora_adapter_metadata);
    expect(said).toMatchObject({
      ...{ 'unet.r': 4, 'unet.lora_alpha': 4, 'unet.rank_pattern': {} },
      ...{ 'text_encoder.r': 3, 'text_encoder.target_modules': [k, q] },
      'text_encoder.alpha_pattern': { [`^${k.replaceAll('.', '\\.')}`]: 2 },
    });
  });

  test('warns when one adapter alone would be weakened', async () => {
    const peft = peftFolder({ 'model.layers.0.mlp.up_proj': [4, 4] });
    const { findings } = await mergeAdapters([peft], { values: { lambda: 0.8 } });
    expect(findings.map(({ code, message }) => [code, message])).toEqual([
      ['adapter-strength', 'adapter 1 is written at 0.8 of its strength.'],
    ]);
    const asItIs = await mergeAdapters([peft], { method: 'linear', values: {} });
    expect(asItIs.findings).toEqual([]);
  });
});

describe('a pipeline of components as the base', () => {
  const unet = 'down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q';
  const clip = 'text_model.encoder.layers.0.self_attn.q_proj';
  const shapes = { [`unet/${unet}.weight`]: [4, 4], [`text_encoder/${clip}.weight`]: [5, 5] };
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const base: Files = new Map([
    [
      'model_index.json',
      json({
        _class_name: 'StableDiffusionPipeline',
        unet: ['diffusers', 'UNet2DConditionModel'],
        text_encoder: ['transformers', 'CLIPTextModel'],
      }),
    ],
    ['unet/config.json', json({ _class_name: 'UNet2DConditionModel' })],
    ['unet/diffusion_pytorch_model.safetensors', modelFile({ [`${unet}.weight`]: f32([4, 4]) })],
    ['text_encoder/config.json', json({ model_type: 'clip_text_model' })],
    ['text_encoder/model.safetensors', modelFile({ [`${clip}.weight`]: f32([5, 5]) })],
  ]);
  const kohya = kohyaFile(
    {
      [`lora_unet_${unet.replaceAll('.', '_')}`]: [4, 4],
      [`lora_te_${clip.replaceAll('.', '_')}`]: [5, 5],
    },
    { alpha: 1 },
  );

  test.each(['kohya', 'diffusers'] as const)(
    'its adapters are written in names of %s',
    async (naming) => {
      const { files, findings } = await mergeAdapters([kohya], { output: { naming } }, base);
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(farthest(await addedBy(files, shapes), await addedBy(kohya, shapes))).toBe(0);
      const names = Object.keys((await contentsOf(files)).shapes);
      expect(names).toContain(
        naming === 'kohya'
          ? `lora_te_${clip.replaceAll('.', '_')}.lora_up.weight`
          : `text_encoder.${clip}.lora_B.weight`,
      );
    },
  );

  test('PEFT’s are of one of them', async () => {
    const own = kohyaFile({ [`lora_unet_${unet.replaceAll('.', '_')}`]: [4, 4] });
    const { files } = await mergeAdapters([own], { output: { naming: 'peft' } }, base);
    expect(Object.keys((await contentsOf(files)).shapes)).toContain(
      `base_model.model.${unet}.lora_A.weight`,
    );
  });
});
