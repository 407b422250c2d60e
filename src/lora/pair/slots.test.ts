import { expect, test } from 'vitest';
import { slotsOf } from './slots.ts';

/** The same tensors of a UNet in both layouts, and their slot: written by hand from the two lists of names. */
const UNET: readonly (readonly [diffusers: string, original: string, slot: string | null])[] = [
  ['conv_in', 'input_blocks.0.0', 'IN00'],
  ['down_blocks.0.resnets.0.conv1', 'input_blocks.1.0.in_layers.2', 'IN01'],
  [
    'down_blocks.0.attentions.1.transformer_blocks.0.attn1.to_q',
    'input_blocks.2.1.transformer_blocks.0.attn1.to_q',
    'IN02',
  ],
  ['down_blocks.0.downsamplers.0.conv', 'input_blocks.3.0.op', 'IN03'],
  ['down_blocks.1.attentions.0.proj_in', 'input_blocks.4.1.proj_in', 'IN04'],
  [
    'down_blocks.1.attentions.1.transformer_blocks.1.ff.net.2',
    'input_blocks.5.1.transformer_blocks.1.ff.net.2',
    'IN05',
  ],
  ['down_blocks.1.downsamplers.0.conv', 'input_blocks.6.0.op', 'IN06'],
  ['down_blocks.2.attentions.0.proj_out', 'input_blocks.7.1.proj_out', 'IN07'],
  [
    'down_blocks.2.attentions.1.transformer_blocks.9.attn2.to_k',
    'input_blocks.8.1.transformer_blocks.9.attn2.to_k',
    'IN08',
  ],
  ['down_blocks.2.downsamplers.0.conv', 'input_blocks.9.0.op', 'IN09'],
  ['down_blocks.3.resnets.1.time_emb_proj', 'input_blocks.11.0.emb_layers.1', 'IN11'],
  ['mid_block.resnets.0.conv2', 'middle_block.0.out_layers.3', 'MID'],
  [
    'mid_block.attentions.0.transformer_blocks.0.attn2.to_v',
    'middle_block.1.transformer_blocks.0.attn2.to_v',
    'MID',
  ],
  ['up_blocks.0.resnets.2.conv1', 'output_blocks.2.0.in_layers.2', 'OUT02'],
  ['up_blocks.0.upsamplers.0.conv', 'output_blocks.2.2.conv', 'OUT02'],
  ['up_blocks.1.attentions.0.proj_in', 'output_blocks.3.1.proj_in', 'OUT03'],
  [
    'up_blocks.1.attentions.2.transformer_blocks.0.attn1.to_out.0',
    'output_blocks.5.1.transformer_blocks.0.attn1.to_out.0',
    'OUT05',
  ],
  ['up_blocks.2.resnets.0.conv_shortcut', 'output_blocks.6.0.skip_connection', 'OUT06'],
  ['up_blocks.3.attentions.2.proj_out', 'output_blocks.11.1.proj_out', 'OUT11'],
  ['time_embedding.linear_1', 'time_embed.0', null],
  ['conv_out', 'out.2', null],
];

const flat = (front: string, name: string) => `${front}${name.replaceAll('.', '_')}`;

const spelled: Readonly<Record<string, (diffusers: string, original: string) => string>> = {
  'a pipeline': (diffusers) => `unet/${diffusers}`,
  'the UNet alone': (diffusers) => diffusers,
  'a UNet that was compiled': (diffusers) => `_orig_mod.${diffusers}`,
  'a checkpoint': (_, original) => `model.diffusion_model.${original}`,
  'kohya, names of diffusers': (diffusers) => flat('lora_unet_', diffusers),
  'kohya, names of SGM': (_, original) => flat('lora_unet_', original),
  diffusers: (diffusers) => `unet.${diffusers}`,
  ComfyUI: (_, original) => `diffusion_model.${original}`,
};

test.each(Object.keys(spelled))('blocks of a UNet are known in the names of %s', (layout) => {
  const found = UNET.map(([diffusers, original]) =>
    slotsOf(`${spelled[layout](diffusers, original)}.weight`),
  );
  expect(found).toEqual(UNET.map(([, , slot]) => (slot === null ? [] : [slot])));
});

const FLUX: readonly (readonly [diffusers: string, original: string, slot: string])[] = [
  ['x_embedder', 'img_in', 'IN'],
  ['context_embedder', 'txt_in', 'IN'],
  ['time_text_embed.timestep_embedder.linear_1', 'time_in.in_layer', 'IN'],
  ['time_text_embed.guidance_embedder.linear_2', 'guidance_in.out_layer', 'IN'],
  ['transformer_blocks.0.attn.to_q', 'double_blocks.0.img_attn.qkv', 'D00'],
  ['transformer_blocks.18.ff_context.net.2', 'double_blocks.18.txt_mlp.2', 'D18'],
  ['single_transformer_blocks.0.proj_mlp', 'single_blocks.0.linear1', 'S00'],
  ['single_transformer_blocks.37.norm.linear', 'single_blocks.37.modulation.lin', 'S37'],
  ['norm_out.linear', 'final_layer.adaLN_modulation.1', 'OUT'],
  ['proj_out', 'final_layer.linear', 'OUT'],
];

const fluxSpelled: typeof spelled = {
  'a pipeline': (diffusers) => `transformer/${diffusers}`,
  'the transformer alone': (diffusers) => diffusers,
  'a checkpoint': (_, original) => `model.diffusion_model.${original}`,
  'Black Forest Labs': (_, original) => original,
  'kohya, names of Black Forest Labs': (_, original) => flat('lora_unet_', original),
  'kohya, names of diffusers': (diffusers) => flat('lora_transformer_', diffusers),
  diffusers: (diffusers) => `transformer.${diffusers}`,
};

test.each(Object.keys(fluxSpelled))('blocks of Flux are known in the names of %s', (layout) => {
  const found = FLUX.map(([diffusers, original]) =>
    slotsOf(`${fluxSpelled[layout](diffusers, original)}.weight`),
  );
  expect(found).toEqual(FLUX.map(([, , slot]) => [slot]));
});

const LAYER = 'text_model.encoder.layers.3.mlp.fc1';

test.each([
  [`text_encoder/${LAYER}.weight`, ['BASE', 'CLIP']],
  [`text_encoder_2/${LAYER}.weight`, ['BASE', 'T5']],
  ['text_encoder_2/encoder.block.3.layer.0.SelfAttention.q.weight', ['BASE', 'T5']],
  [`cond_stage_model.transformer.${LAYER}.weight`, ['BASE', 'CLIP']],
  ['conditioner.embedders.1.model.transformer.resblocks.3.attn.in_proj_weight', ['BASE', 'T5']],
  [
    'text_encoders.t5xxl.transformer.encoder.block.0.layer.0.SelfAttention.q.weight',
    ['BASE', 'T5'],
  ],
  [`${flat('lora_te_', LAYER)}.weight`, ['BASE', 'CLIP']],
  [`${flat('lora_te1_', LAYER)}.weight`, ['BASE', 'CLIP']],
  ['lora_te3_encoder_block_0_layer_0_SelfAttention_q.weight', ['BASE', 'T5']],
  [`text_encoder.${LAYER}.bias`, ['BASE', 'CLIP']],
  [`${LAYER}.weight`, ['BASE', 'CLIP']],
])('the text encoder’s %s is in %j', (name, slots) => {
  expect(slotsOf(name)).toEqual(slots);
});

test.each([
  'vae/encoder.down_blocks.0.resnets.0.conv1.weight',
  'first_stage_model.encoder.down.0.block.0.conv1.weight',
  'model.layers.3.mlp.up_proj.weight',
  'transformer.h.3.mlp.c_fc.weight',
  'model.text_model.layers.3.mlp.up_proj.weight',
  'mid_blocker.weight',
  'encoder.block.0.layer.0.SelfAttention.q.weight',
])('%s is in no block', (name) => {
  expect(slotsOf(name)).toEqual([]);
});
