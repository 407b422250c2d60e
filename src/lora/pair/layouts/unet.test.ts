import { expect, test } from 'vitest';
import { adapterOf, addedTo, baseTensors, rising } from '../../../testing/pairing.ts';
import { pair } from '../pair.ts';

/** The same modules in both layouts, as `down_blocks.… input_blocks.…`; SD 1.x where SDXL has another. */
const SAME: readonly (readonly [diffusers: string, original: string, shape: readonly number[]])[] =
  [
    ['conv_in', 'input_blocks.0.0', [4, 4, 3, 3]],
    ['time_embedding.linear_2', 'time_embed.2', [4, 4]],
    ['add_embedding.linear_1', 'label_emb.0.0', [4, 6]],
    ['down_blocks.0.resnets.1.conv1', 'input_blocks.2.0.in_layers.2', [4, 4, 3, 3]],
    ['down_blocks.0.downsamplers.0.conv', 'input_blocks.3.0.op', [4, 4, 3, 3]],
    ['down_blocks.1.resnets.0.conv_shortcut', 'input_blocks.4.0.skip_connection', [8, 4, 1, 1]],
    ['down_blocks.1.attentions.0.proj_in', 'input_blocks.4.1.proj_in', [8, 8]],
    [
      'down_blocks.1.attentions.1.transformer_blocks.0.attn2.to_k',
      'input_blocks.5.1.transformer_blocks.0.attn2.to_k',
      [8, 6],
    ],
    ['down_blocks.3.resnets.1.time_emb_proj', 'input_blocks.11.0.emb_layers.1', [8, 4]],
    ['mid_block.resnets.0.conv2', 'middle_block.0.out_layers.3', [8, 8, 3, 3]],
    [
      'mid_block.attentions.0.transformer_blocks.1.ff.net.0.proj',
      'middle_block.1.transformer_blocks.1.ff.net.0.proj',
      [16, 8],
    ],
    ['mid_block.resnets.1.conv1', 'middle_block.2.in_layers.2', [8, 8, 3, 3]],
    ['up_blocks.0.resnets.2.conv1', 'output_blocks.2.0.in_layers.2', [8, 16, 3, 3]],
    ['up_blocks.0.upsamplers.0.conv', 'output_blocks.2.1.conv', [8, 8, 3, 3]],
    ['up_blocks.1.upsamplers.0.conv', 'output_blocks.5.2.conv', [8, 8, 3, 3]],
    [
      'up_blocks.1.attentions.2.transformer_blocks.0.attn1.to_out.0',
      'output_blocks.5.1.transformer_blocks.0.attn1.to_out.0',
      [8, 8],
    ],
    ['up_blocks.3.attentions.2.proj_out', 'output_blocks.11.1.proj_out', [4, 4, 1, 1]],
    ['conv_out', 'out.2', [4, 4, 3, 3]],
  ];

const flat = (name: string) => `lora_unet_${name.replaceAll('.', '_')}`;
const bases = {
  'a pipeline': (diffusers: string, _: string) => `unet/${diffusers}`,
  'the UNet alone': (diffusers: string, _: string) => diffusers,
  'a checkpoint': (_: string, original: string) => `model.diffusion_model.${original}`,
};
const adapters = {
  'kohya, names of diffusers': (diffusers: string, _: string) => flat(diffusers),
  'kohya, names of SGM': (_: string, original: string) => flat(original),
  diffusers: (diffusers: string, _: string) => `unet.${diffusers}`,
  'PEFT on the UNet': (diffusers: string, _: string) => diffusers,
  ComfyUI: (_: string, original: string) => `diffusion_model.${original}`,
};
const combinations = Object.entries(bases).flatMap(([base, baseName]) =>
  Object.entries(adapters).map(([adapter, name]) => ({ base, adapter, baseName, name })),
);

test.each(combinations)('$adapter meets $base', ({ baseName, name }) => {
  const base = baseTensors(
    Object.fromEntries(
      SAME.map(([one, other, shape]) => [`${baseName(one, other)}.weight`, shape]),
    ),
  );
  const updates = SAME.map(([one, other, [rows, ...rest]]) =>
    rising(name(one, other), [rows, rest.reduce((product, size) => product * size, 1)]),
  );
  const met = pair(adapterOf(updates), base);
  expect(met.unmatched).toEqual([]);
  expect(met.pairs.map(({ tensor }) => tensor)).toEqual([...base.keys()]);
});

test('SDXL’s first upsampler stands behind attention', () => {
  const base = baseTensors({
    'model.diffusion_model.output_blocks.2.1.proj_in.weight': [4, 4],
    'model.diffusion_model.output_blocks.2.2.conv.weight': [4, 4, 3, 3],
  });
  const updates = [
    rising('lora_unet_up_blocks_0_upsamplers_0_conv', [4, 36]),
    rising('lora_unet_up_blocks_0_attentions_2_proj_in', [4, 4], 5),
  ];
  expect(addedTo(pair(adapterOf(updates), base))).toEqual({
    'model.diffusion_model.output_blocks.2.2.conv.weight': [1, 2, 3, 4],
    'model.diffusion_model.output_blocks.2.1.proj_in.weight': [5, 6, 7, 8],
  });
});

test('attention processors of old files are read', () => {
  const attention = 'down_blocks.0.attentions.0.transformer_blocks.0.attn1';
  const base = baseTensors({
    [`unet/${attention}.to_q.weight`]: [4, 4],
    [`unet/${attention}.to_out.0.weight`]: [4, 4],
  });
  const updates = [
    rising(`unet.${attention}.processor.to_q`, [4, 4]),
    rising(`unet.${attention}.processor.to_out`, [4, 4], 5),
  ];
  expect(addedTo(pair(adapterOf(updates), base))).toEqual({
    [`unet/${attention}.to_q.weight`]: [1, 2, 3, 4],
    [`unet/${attention}.to_out.0.weight`]: [5, 6, 7, 8],
  });
});

test('two modules that are one with underscores for dots are not told apart by guessing', () => {
  const base = baseTensors({ 'unet/a.b_c.weight': [4, 4], 'unet/a_b.c.weight': [4, 4] });
  const meet = (module: string) => pair(adapterOf([rising(module, [4, 4])]), base);
  expect(meet('lora_unet_a_b_c').unmatched[0].why).toEqual({
    kind: 'several',
    tensors: ['unet/a.b_c.weight', 'unet/a_b.c.weight'],
  });
  expect(meet('unet.a_b.c').pairs.map(({ tensor }) => tensor)).toEqual(['unet/a_b.c.weight']);
});

test('names with dots are not looked up by underscores', () => {
  const base = baseTensors({ 'unet/a.b_c.weight': [4, 4] });
  expect(pair(adapterOf([rising('unet.a_b.c', [4, 4])]), base).pairs).toEqual([]);
});
