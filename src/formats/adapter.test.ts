import { describe, expect, test } from 'vitest';
import { memorySource } from '../testing/memory-source.ts';
import { f32, modelFile } from '../testing/model-file.ts';
import { isAdapterTensor, refuseAdapter } from './adapter.ts';
import type { FormatError } from './error.ts';
import { openModel } from './open-model.ts';

describe('names of an adapter are known', () => {
  const families: Readonly<Record<string, readonly string[]>> = {
    PEFT: [
      'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight',
      'base_model.model.model.layers.0.self_attn.q_proj.lora_B.default.weight',
      'base_model.model.model.embed_tokens.lora_embedding_A',
      'base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector',
      'base_model.model.layers.0.mlp.ia3_l',
    ],
    kohya: [
      'lora_unet_down_blocks_0_attentions_0_proj_in.alpha',
      'lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_down.weight',
      'lora_te_text_model_encoder_layers_0_mlp_fc1.lora_up.weight',
    ],
    LyCORIS: [
      'lycoris_blocks_0_attn.w_norm',
      'blocks.0.attn.hada_w1_a',
      'blocks.0.attn.lokr_w2_b',
      'blocks.0.attn.lokr_t2',
      'blocks.0.attn.oft_blocks',
      'blocks.0.attn.dora_scale',
      'blocks.0.conv.lora_mid.weight',
    ],
    diffusers: [
      'unet.mid_block.attentions.0.processor.to_q_lora.down.weight',
      'text_encoder.text_model.encoder.layers.0.self_attn.q_proj.lora_linear_layer.up.weight',
      'transformer.single_transformer_blocks.0.attn.to_k.lora.up.weight',
      'double_blocks.0.processor.qkv_lora1.down.weight',
    ],
    ComfyUI: [
      'diffusion_model.blocks.0.self_attn.q.lora_A.weight',
      'diffusion_model.blocks.0.self_attn.q.diff_b',
      'diffusion_model.head.head.diff',
    ],
    others: [
      'model.layers.3.self_attn.v_proj.lora_a',
      'model.layers.3.mlp.down_proj.lora_A.speech.weight',
      'unet:12:down',
    ],
  };
  test.each(Object.entries(families))('%s', (_, names) => {
    expect(names.filter((name) => !isAdapterTensor(name))).toEqual([]);
  });
});

test('weights of whole models are no adapters, low-rank layers of their own included', () => {
  const names = [
    'model.layers.0.self_attn.q_proj.weight',
    'model.layers.0.attn.w_lora.lora.0.weight',
    'model.layers.0.self_attn.kv_a_proj_with_mqa.weight',
    'model.layers.0.mixer.B_norm.weight',
    'vocoder.resblocks.0.activations.1.alpha',
    'model.diffusion_model.input_blocks.0.0.weight',
    'up.0.down.weight',
    'explora.weight',
  ];
  expect(names.filter(isAdapterTensor)).toEqual([]);
});

const errorOf = (files: Readonly<Record<string, readonly string[]>>) => {
  try {
    refuseAdapter(new Map(Object.entries(files)));
  } catch (error) {
    return error as FormatError;
  }
  return null;
};

test('a file of factors is called an adapter, with a tensor and what to do', () => {
  const error = errorOf({
    'a.safetensors': ['x.lora_down.weight', 'x.lora_up.weight', 'x.alpha'],
  });
  expect(error).toMatchObject({ tag: 'adapter', context: { file: 'a.safetensors' } });
  expect(error?.message).toBe(
    'a.safetensors: found a LoRA adapter: 2 of 3 tensors, such as x.lora_down.weight, hold parts of an adapter; expected a whole model. Open it as an adapter: its tensors are no weights.',
  );
});

test('factors among the weights of a model are refused in the shard that has them', () => {
  const error = errorOf({
    'model-1.safetensors': ['embed.weight', 'a.base_layer.weight', 'norm.weight'],
    'model-2.safetensors': ['b.weight', 'a.lora_A.speech.weight', 'a.lora_B.speech.weight'],
  });
  expect(error?.context.file).toBe('model-2.safetensors');
  expect(error?.context.found).toBe(
    'an adapter among the weights: 2 of 6 tensors, such as a.lora_A.speech.weight, hold parts of an adapter',
  );
  expect(error?.context.advice).toContain('take the model without it');
});

test('opening such a file fails, whatever it is called', async () => {
  const file = modelFile({
    'lora_unet_mid.lora_down.weight': f32([2, 4]),
    'lora_unet_mid.lora_up.weight': f32([4, 2]),
  });
  const opened = openModel('x', 'x', [memorySource('m/model.safetensors', file)]);
  await expect(opened).rejects.toMatchObject({ tag: 'adapter' });
});
