import { expect, test } from 'vitest';
import { adapterOf, addedTo, baseTensors, rising } from '../../../testing/pairing.ts';
import { pair } from '../pair.ts';

const LAYER = 'text_model.encoder.layers.0';

/** CLIP-L two wide, CLIP-G three wide. */
const clip = (front: string, width: number) => ({
  [`${front}${LAYER}.self_attn.q_proj.weight`]: [width, width],
  [`${front}${LAYER}.self_attn.k_proj.weight`]: [width, width],
  [`${front}${LAYER}.self_attn.v_proj.weight`]: [width, width],
  [`${front}${LAYER}.self_attn.v_proj.bias`]: [width],
  [`${front}${LAYER}.self_attn.out_proj.weight`]: [width, width],
  [`${front}${LAYER}.mlp.fc1.weight`]: [2 * width, width],
});
const openClip = (front: string, width: number) => ({
  [`${front}transformer.resblocks.0.attn.in_proj_weight`]: [3 * width, width],
  [`${front}transformer.resblocks.0.attn.in_proj_bias`]: [3 * width],
  [`${front}transformer.resblocks.0.attn.out_proj.weight`]: [width, width],
  [`${front}transformer.resblocks.0.mlp.c_fc.weight`]: [2 * width, width],
  [`${front}text_projection`]: [width, width],
});
const SDXL = {
  ...clip('conditioner.embedders.0.transformer.', 2),
  ...openClip('conditioner.embedders.1.model.', 3),
};
const SDXL_PIPELINE = { ...clip('text_encoder/', 2), ...clip('text_encoder_2/', 3) };
const meet = (shapes: Record<string, readonly number[]>, ...updates: ReturnType<typeof rising>[]) =>
  pair(adapterOf(updates), baseTensors(shapes));

const kohya = (encoder: string, end: string) =>
  `${encoder}_text_model_encoder_layers_0_${end.replaceAll('.', '_')}`;

test('both encoders of SDXL are told apart by kohya’s prefix, in a pipeline and in a checkpoint', () => {
  const updates = [
    rising(kohya('lora_te1', 'mlp.fc1'), [4, 2]),
    rising(kohya('lora_te2', 'mlp.fc1'), [6, 3]),
  ];
  expect(addedTo(meet(SDXL_PIPELINE, ...updates))).toEqual({
    [`text_encoder/${LAYER}.mlp.fc1.weight`]: [1, 2, 3, 4],
    [`text_encoder_2/${LAYER}.mlp.fc1.weight`]: [1, 2, 3, 4, 5, 6],
  });
  expect(addedTo(meet(SDXL, ...updates))).toEqual({
    [`conditioner.embedders.0.transformer.${LAYER}.mlp.fc1.weight`]: [1, 2, 3, 4],
    'conditioner.embedders.1.model.transformer.resblocks.0.mlp.c_fc.weight': [1, 2, 3, 4, 5, 6],
  });
});

test('encoders of one width are told apart too', () => {
  const twins = { ...clip('text_encoder/', 2), ...clip('text_encoder_2/', 2) };
  const met = meet(
    twins,
    rising(kohya('lora_te2', 'mlp.fc1'), [4, 2]),
    rising(`text_encoder.${LAYER}.self_attn.q_proj`, [2, 2]),
  );
  expect(addedTo(met)).toEqual({
    [`text_encoder_2/${LAYER}.mlp.fc1.weight`]: [1, 2, 3, 4],
    [`text_encoder/${LAYER}.self_attn.q_proj.weight`]: [1, 2],
  });
});

test('q, k and v come to their thirds of OpenCLIP’s fused weight and bias', () => {
  const q = `text_encoder_2.${LAYER}.self_attn.q_proj`;
  const v = `text_encoder_2.${LAYER}.self_attn.v_proj`;
  const met = meet(
    SDXL,
    rising(v, [3, 3], 10),
    rising(q, [3, 3]),
    rising(v, [3, 1], 5, { of: 'bias' }),
  );
  expect(met.unmatched).toEqual([]);
  expect(addedTo(met)).toEqual({
    'conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_weight': [
      1, 2, 3, 0, 0, 0, 10, 11, 12,
    ],
    'conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_bias': [
      0, 0, 0, 0, 0, 0, 5, 6, 7,
    ],
  });
});

test.each([
  [
    'SD 1.x',
    clip('cond_stage_model.transformer.', 2),
    `cond_stage_model.transformer.${LAYER}.self_attn.out_proj.weight`,
  ],
  [
    'SD 2.x',
    openClip('cond_stage_model.model.', 2),
    'cond_stage_model.model.transformer.resblocks.0.attn.out_proj.weight',
  ],
  ['a pipeline', clip('text_encoder/', 2), `text_encoder/${LAYER}.self_attn.out_proj.weight`],
  [
    'ComfyUI',
    clip('text_encoders.clip_l.transformer.', 2),
    `text_encoders.clip_l.transformer.${LAYER}.self_attn.out_proj.weight`,
  ],
  [
    'transformers 5',
    { 'text_encoder/encoder.layers.0.self_attn.out_proj.weight': [2, 2] },
    'text_encoder/encoder.layers.0.self_attn.out_proj.weight',
  ],
])(
  'the one encoder of %s is lora_te, text_encoder, and what old files called to_out',
  (_, shapes, tensor) => {
    const names = [
      kohya('lora_te', 'self_attn.out_proj'),
      `text_encoder.${LAYER}.self_attn.out_proj`,
      `text_encoder.${LAYER}.self_attn.to_out`,
    ];
    for (const name of names) {
      expect(meet(shapes, rising(name, [2, 2])).pairs.map((pair) => pair.tensor)).toEqual([tensor]);
    }
  },
);

test('a name without a part is told by its shape, or not at all', () => {
  const name = `${LAYER}.mlp.fc1`;
  expect(meet(SDXL, rising(name, [6, 3])).pairs.map(({ tensor }) => tensor)).toEqual([
    'conditioner.embedders.1.model.transformer.resblocks.0.mlp.c_fc.weight',
  ]);
  const twins = { ...clip('text_encoder/', 2), ...clip('text_encoder_2/', 2) };
  expect(meet(twins, rising(name, [4, 2])).unmatched[0].why.kind).toBe('several');
});

test('OpenCLIP’s projection, which lies transposed, is left alone', () => {
  const met = meet(
    SDXL,
    rising('lora_te2_text_projection', [3, 3]),
    rising('text_encoder_2.text_projection', [3, 3]),
  );
  expect(met.pairs).toEqual([]);
  expect(met.unmatched.map(({ why }) => why.kind)).toEqual(['missing', 'missing']);
});

test('an image encoder without a wrapper is not taken for a text encoder', () => {
  const both = { ...clip('', 2), 'vision_model.encoder.layers.0.mlp.fc1.weight': [4, 2] };
  expect(meet(both, rising('encoder.layers.0.mlp.fc1', [4, 2])).unmatched[0].why.kind).toBe(
    'several',
  );
});

test('T5 is te3 in kohya’s names, text_encoder_2 in Flux’s pipeline and text_encoder_3 in SD3’s', () => {
  const t5 = 'encoder.block.0.layer.0.SelfAttention.q';
  for (const folder of ['text_encoder_2', 'text_encoder_3']) {
    const shapes = { ...clip('text_encoder/', 2), [`${folder}/${t5}.weight`]: [2, 2] };
    const met = meet(shapes, rising('lora_te3_encoder_block_0_layer_0_SelfAttention_q', [2, 2]));
    expect(met.pairs.map(({ tensor }) => tensor)).toEqual([`${folder}/${t5}.weight`]);
  }
});
