/**
 * The UNet of SD 1.x, 2.x and SDXL in the layout of CompVis and SGM, in diffusers' names. Source: diffusers,
 * `scripts/convert_diffusers_to_original_{stable_diffusion,sdxl}.py`. All have two layers a block.
 */
import { type Rule, renames } from '../rule.ts';

const ENDS = {
  'time_embed.0': 'time_embedding.linear_1',
  'time_embed.2': 'time_embedding.linear_2',
  'label_emb.0.0': 'add_embedding.linear_1',
  'label_emb.0.2': 'add_embedding.linear_2',
  'input_blocks.0.0': 'conv_in',
  'out.0': 'conv_norm_out',
  'out.2': 'conv_out',
};

const RESNET = {
  'in_layers.0': 'norm1',
  'in_layers.2': 'conv1',
  'emb_layers.1': 'time_emb_proj',
  'out_layers.0': 'norm2',
  'out_layers.3': 'conv2',
  skip_connection: 'conv_shortcut',
};

const resnet = (from: string, to: string) =>
  Object.entries(RESNET).map(
    ([one, other]): Rule => ({
      from: `${from}.${one}`,
      to: [`${to}.${other}`],
    }),
  );

const BLOCKS = [0, 1, 2, 3];
const LAYERS = [0, 1];

/** Before attentions: a block without any has its upsampler in their place. */
const samplers = BLOCKS.flatMap((i) => {
  const up = `up_blocks.${i}.upsamplers.0.conv`;
  return renames({
    [`input_blocks.${3 * i + 3}.0.op`]: `down_blocks.${i}.downsamplers.0.conv`,
    [`output_blocks.${3 * i + 2}.1.conv`]: up,
    [`output_blocks.${3 * i + 2}.2.conv`]: up,
  });
});

const down = BLOCKS.flatMap((i) =>
  LAYERS.flatMap((j) => {
    const from = `input_blocks.${3 * i + j + 1}`;
    return [
      ...resnet(`${from}.0`, `down_blocks.${i}.resnets.${j}`),
      { from: `${from}.1.*`, to: [`down_blocks.${i}.attentions.${j}.*`] },
    ];
  }),
);

const middle = [
  ...resnet('middle_block.0', 'mid_block.resnets.0'),
  { from: 'middle_block.1.*', to: ['mid_block.attentions.0.*'] },
  ...resnet('middle_block.2', 'mid_block.resnets.1'),
];

const up = BLOCKS.flatMap((i) =>
  [...LAYERS, 2].flatMap((j) => {
    const from = `output_blocks.${3 * i + j}`;
    return [
      ...resnet(`${from}.0`, `up_blocks.${i}.resnets.${j}`),
      { from: `${from}.1.*`, to: [`up_blocks.${i}.attentions.${j}.*`] },
    ];
  }),
);

export const unetRules: readonly Rule[] = [
  ...renames(ENDS),
  ...samplers,
  ...down,
  ...middle,
  ...up,
];
