/** An adapter in one naming becomes the same adapter in another: names as the tools have them, ΔW as it was. */
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
  type Weight,
} from '../../testing/adapter-files.ts';

/** By kohya's name: diffusers' name, and the shape. */
type Model = Readonly<Record<string, readonly [diffusers: string, weight: Weight]>>;

const sd15: Model = {
  lora_unet_down_blocks_0_attentions_0_proj_in: [
    'unet.down_blocks.0.attentions.0.proj_in',
    [4, 4, 1, 1],
  ],
  lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q: [
    'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q',
    [4, 4],
  ],
  lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_out_0: [
    'unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0',
    [4, 4],
  ],
  lora_unet_up_blocks_1_resnets_2_conv1: ['unet.up_blocks.1.resnets.2.conv1', [4, 3, 3, 3]],
  lora_unet_up_blocks_1_upsamplers_0_conv: ['unet.up_blocks.1.upsamplers.0.conv', [4, 4, 3, 3]],
  lora_te_text_model_encoder_layers_0_self_attn_q_proj: [
    'text_encoder.text_model.encoder.layers.0.self_attn.q_proj',
    [5, 5],
  ],
  lora_te_text_model_encoder_layers_11_mlp_fc1: [
    'text_encoder.text_model.encoder.layers.11.mlp.fc1',
    [6, 5],
  ],
};

const sdxl: Model = {
  lora_unet_input_blocks_4_1_proj_in: ['unet.down_blocks.1.attentions.0.proj_in', [4, 4]],
  lora_unet_input_blocks_8_1_transformer_blocks_9_attn2_to_k: [
    'unet.down_blocks.2.attentions.1.transformer_blocks.9.attn2.to_k',
    [4, 7],
  ],
  lora_unet_middle_block_1_transformer_blocks_0_ff_net_0_proj: [
    'unet.mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj',
    [8, 4],
  ],
  lora_unet_output_blocks_0_1_transformer_blocks_1_attn1_to_out_0: [
    'unet.up_blocks.0.attentions.0.transformer_blocks.1.attn1.to_out.0',
    [4, 4],
  ],
  lora_unet_input_blocks_3_0_op: ['unet.down_blocks.0.downsamplers.0.conv', [4, 4, 3, 3]],
  lora_unet_output_blocks_2_2_conv: ['unet.up_blocks.0.upsamplers.0.conv', [4, 4, 3, 3]],
  lora_unet_input_blocks_1_0_in_layers_2: ['unet.down_blocks.0.resnets.0.conv1', [4, 2, 3, 3]],
  lora_unet_output_blocks_3_0_skip_connection: [
    'unet.up_blocks.1.resnets.0.conv_shortcut',
    [4, 2, 1, 1],
  ],
  lora_te1_text_model_encoder_layers_0_self_attn_out_proj: [
    'text_encoder.text_model.encoder.layers.0.self_attn.out_proj',
    [5, 5],
  ],
  lora_te2_text_model_encoder_layers_31_mlp_fc2: [
    'text_encoder_2.text_model.encoder.layers.31.mlp.fc2',
    [5, 6],
  ],
};

/** Those that are the same in both layouts, but for names. */
const flux: Model = {
  lora_unet_double_blocks_0_img_attn_proj: [
    'transformer.transformer_blocks.0.attn.to_out.0',
    [4, 4],
  ],
  lora_unet_double_blocks_18_txt_mlp_2: [
    'transformer.transformer_blocks.18.ff_context.net.2',
    [4, 6],
  ],
  lora_unet_double_blocks_1_img_mod_lin: ['transformer.transformer_blocks.1.norm1.linear', [9, 4]],
  lora_unet_single_blocks_37_linear2: [
    'transformer.single_transformer_blocks.37.proj_out',
    [4, 20],
  ],
  lora_te1_text_model_encoder_layers_0_self_attn_v_proj: [
    'text_encoder.text_model.encoder.layers.0.self_attn.v_proj',
    [5, 5],
  ],
  lora_te3_encoder_block_0_layer_0_SelfAttention_q: [
    'text_encoder_2.encoder.block.0.layer.0.SelfAttention.q',
    [6, 6],
  ],
};

const llama: Model = {
  lycoris_model_layers_0_self_attn_q_proj: ['model.layers.0.self_attn.q_proj', [4, 4]],
  lycoris_model_layers_21_mlp_gate_proj: ['model.layers.21.mlp.gate_proj', [6, 4]],
  lycoris_model_layers_3_mlp_down_proj: ['model.layers.3.mlp.down_proj', [4, 6]],
};

const models = { 'SD 1.5': sd15, SDXL: sdxl, Flux: flux, Llama: llama };
type Name = keyof typeof models;

const weightsIn = (model: Model, naming: 'kohya' | 'diffusers') =>
  Object.fromEntries(
    Object.entries(model).map(([kohya, [diffusers, weight]]) => [
      naming === 'kohya' ? kohya : diffusers,
      weight,
    ]),
  );

/** The pipeline, or the model, in the layout of diffusers. */
const shapesOf = (model: Model) =>
  Object.fromEntries(
    Object.values(model).map(([name, weight]) => [
      `${name.replace(/^(unet|transformer|text_encoder|text_encoder_2)\./, '$1/')}.weight`,
      weight,
    ]),
  );

const modulesIn = async (files: Files) =>
  [
    ...new Set(
      Object.keys((await contentsOf(files)).shapes).map((name) =>
        name.replace(/\.(?:lora_\w+\.weight|alpha)$/, ''),
      ),
    ),
  ].sort();

const inNaming = (naming: AdapterNaming) => ({ output: { naming, name: 'made' } });

describe.each(Object.keys(models) as Name[])('an adapter of %s', (name) => {
  const model = models[name];
  const shapes = shapesOf(model);

  test('of kohya has the names of diffusers and comes back, with its rank and all that it adds', async () => {
    const kohya = kohyaFile(weightsIn(model, 'kohya'), { rank: 2, alpha: 1 });
    const there = await mergeAdapters([kohya], inNaming('diffusers'));
    expect(there.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(await modulesIn(there.files)).toEqual(Object.keys(weightsIn(model, 'diffusers')).sort());
    const back = await mergeAdapters([there.files], inNaming('kohya'));
    expect(await modulesIn(back.files)).toEqual(Object.keys(model).sort());

    const added = await addedBy(kohya, shapes);
    expect(added.size).toBe(Object.keys(model).length);
    expect(farthest(await addedBy(there.files, shapes), added)).toBe(0);
    expect(farthest(await addedBy(back.files, shapes), added)).toBe(0);
    const { shapes: stored } = await contentsOf(back.files);
    for (const [module, [, [rows, inputs, ...kernel]]] of Object.entries(model)) {
      expect(stored[`${module}.lora_down.weight`]).toEqual([2, inputs, ...kernel]);
      expect(stored[`${module}.lora_up.weight`]).toEqual([rows, 2, ...kernel.map(() => 1)]);
      expect(stored[`${module}.alpha`]).toEqual([]);
    }
  });

  test('of PEFT, one model of it, goes to both and comes back', async () => {
    const [front] = Object.values(model).map(
      ([diffusers]) => /^(?:unet|transformer)\.|^/.exec(diffusers)![0],
    );
    const own = Object.values(model).filter(([diffusers]) => diffusers.startsWith(front));
    const weights = Object.fromEntries(
      own.map(([diffusers, weight]) => [diffusers.slice(front.length), weight]),
    );
    const peft = peftFolder(weights, { rank: 3, alpha: 6 });
    const added = await addedBy(peft, shapes);
    expect(added.size).toBe(own.length);
    for (const naming of ['kohya', 'diffusers'] as const) {
      const there = await mergeAdapters([peft], inNaming(naming));
      expect(farthest(await addedBy(there.files, shapes), added)).toBe(0);
      const back = await mergeAdapters([there.files], inNaming('peft'));
      expect(await modulesIn(back.files)).toEqual(
        Object.keys(weights)
          .map((module) => `base_model.model.${module}`)
          .sort(),
      );
      expect(farthest(await addedBy(back.files, shapes), added)).toBe(0);
      const config = JSON.parse(new TextDecoder().decode(back.files.get('adapter_config.json')));
      expect(config).toMatchObject({ r: 3, lora_alpha: 3, rank_pattern: {} });
    }
  });
});

/** What is fused in kohya's names of Flux, and the parts of it in those of diffusers. */
const fused = {
  lora_unet_double_blocks_0_img_attn_qkv: [12, 4],
  lora_unet_double_blocks_0_txt_attn_qkv: [12, 4],
  lora_unet_single_blocks_0_linear1: [28, 4],
  lora_unet_final_layer_adaLN_modulation_1: [8, 4],
} as const satisfies Record<string, Weight>;

const parts = {
  'transformer.transformer_blocks.0.attn.to_q': [4, 4],
  'transformer.transformer_blocks.0.attn.to_k': [4, 4],
  'transformer.transformer_blocks.0.attn.to_v': [4, 4],
  'transformer.transformer_blocks.0.attn.add_q_proj': [4, 4],
  'transformer.transformer_blocks.0.attn.add_k_proj': [4, 4],
  'transformer.transformer_blocks.0.attn.add_v_proj': [4, 4],
  'transformer.single_transformer_blocks.0.attn.to_q': [4, 4],
  'transformer.single_transformer_blocks.0.attn.to_k': [4, 4],
  'transformer.single_transformer_blocks.0.attn.to_v': [4, 4],
  'transformer.single_transformer_blocks.0.proj_mlp': [16, 4],
  'transformer.norm_out.linear': [8, 4],
} as const satisfies Record<string, Weight>;

const inPipeline = Object.fromEntries(
  Object.entries(parts).map(([name, weight]) => [
    `${name.replace('transformer.', 'transformer/')}.weight`,
    weight,
  ]),
);

describe('what Flux has fused', () => {
  test('is cut to its parts, each of the rank that it had', async () => {
    const kohya = kohyaFile(fused, { rank: 2, alpha: 4 });
    const { files } = await mergeAdapters([kohya], inNaming('diffusers'));
    const { shapes } = await contentsOf(files);
    for (const [module, [rows, columns]] of Object.entries(parts)) {
      expect(shapes[`${module}.lora_A.weight`]).toEqual([2, columns]);
      expect(shapes[`${module}.lora_B.weight`]).toEqual([rows, 2]);
    }
    expect(Object.keys(shapes)).toHaveLength(2 * Object.keys(parts).length);
    expect(farthest(await addedBy(files, inPipeline), await addedBy(kohya, inPipeline))).toBe(0);
  });

  test('is put together of its parts, of their ranks together, and adds what they did', async () => {
    const diffusers = diffusersFile(parts, { rank: 2 });
    const there = await mergeAdapters([diffusers], inNaming('kohya'));
    const { shapes } = await contentsOf(there.files);
    expect(await modulesIn(there.files)).toEqual(Object.keys(fused).sort());
    expect(shapes['lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight']).toEqual([6, 4]);
    expect(shapes['lora_unet_single_blocks_0_linear1.lora_up.weight']).toEqual([28, 8]);
    // The two halves are of one product.
    expect(shapes['lora_unet_final_layer_adaLN_modulation_1.lora_down.weight']).toEqual([2, 4]);
    const added = await addedBy(diffusers, inPipeline);
    expect(added.size).toBe(Object.keys(parts).length);
    expect(farthest(await addedBy(there.files, inPipeline), added)).toBe(0);
    const back = await mergeAdapters([there.files], inNaming('diffusers'));
    expect(await modulesIn(back.files)).toEqual(Object.keys(parts).sort());
    expect(farthest(await addedBy(back.files, inPipeline), added)).toBe(0);
  });

  test('has zeros for parts that nobody changes', async () => {
    const { 'transformer.single_transformer_blocks.0.attn.to_k': weight } = parts;
    const one = diffusersFile({ 'transformer.single_transformer_blocks.0.attn.to_k': weight });
    const { files } = await mergeAdapters([one], inNaming('kohya'));
    const { shapes } = await contentsOf(files);
    // The hidden layer is four times as wide as the model.
    expect(shapes['lora_unet_single_blocks_0_linear1.lora_up.weight']).toEqual([28, 2]);
    const added = await addedBy(files, inPipeline);
    expect(farthest(added, await addedBy(one, inPipeline))).toBe(0);
    expect(added.get('transformer/single_transformer_blocks.0.attn.to_q.weight')).toEqual(
      Array.from({ length: 4 }, () => [0, 0, 0, 0]),
    );
  });

  test('meets what another adapter has apart, without a base, in the names of either', async () => {
    const kohya = kohyaFile(fused, { rank: 2, alpha: 4, seed: 1 });
    const toolkit = diffusersFile(
      parts,
      { rank: 1, seed: 2 },
      { software: '{"name":"ai-toolkit"}' },
    );
    const [one, other] = [await addedBy(kohya, inPipeline), await addedBy(toolkit, inPipeline)];
    const sum = new Map(
      [...one].map(([name, rows]) => [
        name,
        rows.map((row, i) => row.map((value, j) => value + other.get(name)![i][j])),
      ]),
    );
    const first = await mergeAdapters([kohya, toolkit]);
    expect(await modulesIn(first.files)).toEqual(Object.keys(fused).sort());
    const { shapes } = await contentsOf(first.files);
    expect(shapes['lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight']).toEqual([4, 4]); // of 2 + 3
    expect(farthest(await addedBy(first.files, inPipeline), sum)).toBeLessThan(1e-6);
    const second = await mergeAdapters([toolkit, kohya]);
    expect(await modulesIn(second.files)).toEqual(Object.keys(parts).sort());
    const { shapes: apart } = await contentsOf(second.files);
    expect(apart['transformer.transformer_blocks.0.attn.to_q.lora_A.weight']).toEqual([3, 4]);
    expect(farthest(await addedBy(second.files, inPipeline), sum)).toBeLessThan(1e-6);
  });
});
