import { expect, test } from 'vitest';
import { adapterOf, addedTo, baseTensors, rising } from '../../../testing/pairing.ts';
import { pair } from '../pair.ts';

/** Two wide, with an inner width of 8. */
const original = (front: string) => ({
  [`${front}double_blocks.0.img_attn.qkv.weight`]: [6, 2],
  [`${front}double_blocks.0.img_attn.qkv.bias`]: [6],
  [`${front}double_blocks.0.txt_attn.qkv.weight`]: [6, 2],
  [`${front}double_blocks.0.img_attn.proj.weight`]: [2, 2],
  [`${front}double_blocks.0.txt_mlp.2.weight`]: [2, 8],
  [`${front}double_blocks.0.txt_mod.lin.weight`]: [12, 2],
  [`${front}single_blocks.0.linear1.weight`]: [14, 2],
  [`${front}single_blocks.0.linear2.weight`]: [2, 10],
  [`${front}single_blocks.0.modulation.lin.weight`]: [6, 2],
  [`${front}final_layer.adaLN_modulation.1.weight`]: [4, 2],
  [`${front}final_layer.linear.weight`]: [3, 2],
});
const DOUBLE = 'transformer_blocks.0';
const SINGLE = 'single_transformer_blocks.0';
const diffusers = (front: string) => ({
  [`${front}${DOUBLE}.attn.to_q.weight`]: [2, 2],
  [`${front}${DOUBLE}.attn.to_k.weight`]: [2, 2],
  [`${front}${DOUBLE}.attn.to_v.weight`]: [2, 2],
  [`${front}${DOUBLE}.attn.add_q_proj.weight`]: [2, 2],
  [`${front}${DOUBLE}.attn.add_k_proj.weight`]: [2, 2],
  [`${front}${DOUBLE}.attn.add_v_proj.weight`]: [2, 2],
  [`${front}${DOUBLE}.attn.to_out.0.weight`]: [2, 2],
  [`${front}${DOUBLE}.ff_context.net.2.weight`]: [2, 8],
  [`${front}${DOUBLE}.norm1_context.linear.weight`]: [12, 2],
  [`${front}${SINGLE}.attn.to_q.weight`]: [2, 2],
  [`${front}${SINGLE}.attn.to_k.weight`]: [2, 2],
  [`${front}${SINGLE}.attn.to_v.weight`]: [2, 2],
  [`${front}${SINGLE}.proj_mlp.weight`]: [8, 2],
  [`${front}${SINGLE}.proj_out.weight`]: [2, 10],
  [`${front}${SINGLE}.norm.linear.weight`]: [6, 2],
  [`${front}norm_out.linear.weight`]: [4, 2],
  [`${front}proj_out.weight`]: [3, 2],
});

type Shapes = Readonly<Record<string, readonly number[]>>;

/** Everything a base in a layout has, as an adapter in that layout calls it. */
const everything = (shapes: Shapes, name: (module: string) => string) =>
  Object.entries(shapes)
    .filter(([tensor]) => tensor.endsWith('.weight'))
    .map(([tensor, [rows, columns]]) =>
      rising(name(tensor.replace(/\.weight$/, '')), [rows, columns]),
    );
const kohya = (module: string) => `lora_unet_${module.replaceAll('.', '_')}`;
const meet = (updates: readonly ReturnType<typeof rising>[], shapes: Shapes) =>
  pair(adapterOf(updates), baseTensors(shapes));

const upTo = (count: number, first = 1) => Array.from({ length: count }, (_, k) => first + k);
const parts = (count: number, of: number) =>
  Array.from({ length: count }, (_, k) => upTo(of, 1 + k * of));

test.each(['model.diffusion_model.', '', 'transformer/'])(
  'kohya meets the original layout under "%s" as it is',
  (front) => {
    const shapes = original(front);
    const met = meet(everything(original(''), kohya), shapes);
    expect(met.unmatched).toEqual([]);
    expect(met.pairs.map(({ tensor }) => tensor)).toEqual(
      Object.keys(shapes).filter((name) => name.endsWith('.weight')),
    );
    expect(met.pairs.every(({ matrix }) => matrix.kind === 'product')).toBe(true);
  },
);

test.each([
  ['kohya', kohya],
  ['ComfyUI', (module: string) => `diffusion_model.${module}`],
])('%s in the original layout is cut for a base of diffusers', (_, name) => {
  const met = meet(everything(original(''), name), diffusers('transformer/'));
  expect(met.unmatched).toEqual([]);
  const [q, k, v] = parts(3, 2);
  expect(addedTo(met)).toEqual({
    [`transformer/${DOUBLE}.attn.to_q.weight`]: q,
    [`transformer/${DOUBLE}.attn.to_k.weight`]: k,
    [`transformer/${DOUBLE}.attn.to_v.weight`]: v,
    [`transformer/${DOUBLE}.attn.add_q_proj.weight`]: q,
    [`transformer/${DOUBLE}.attn.add_k_proj.weight`]: k,
    [`transformer/${DOUBLE}.attn.add_v_proj.weight`]: v,
    [`transformer/${DOUBLE}.attn.to_out.0.weight`]: [1, 2],
    [`transformer/${DOUBLE}.ff_context.net.2.weight`]: [1, 2],
    [`transformer/${DOUBLE}.norm1_context.linear.weight`]: upTo(12),
    [`transformer/${SINGLE}.attn.to_q.weight`]: q,
    [`transformer/${SINGLE}.attn.to_k.weight`]: k,
    [`transformer/${SINGLE}.attn.to_v.weight`]: v,
    [`transformer/${SINGLE}.proj_mlp.weight`]: upTo(8, 7),
    [`transformer/${SINGLE}.proj_out.weight`]: [1, 2],
    [`transformer/${SINGLE}.norm.linear.weight`]: upTo(6),
    'transformer/norm_out.linear.weight': [3, 4, 1, 2],
    'transformer/proj_out.weight': [1, 2, 3],
  });
});

test.each([
  ['diffusers', (module: string) => `transformer.${module}`],
  ['PEFT on the transformer', (module: string) => module],
  ['OneTrainer', (module: string) => `lora_transformer_${module.replaceAll('.', '_')}`],
])('%s is stacked for a base in the original layout', (_, name) => {
  const met = meet(everything(diffusers(''), name), original('model.diffusion_model.'));
  expect(met.unmatched).toEqual([]);
  const front = 'model.diffusion_model.';
  expect(addedTo(met)).toEqual({
    [`${front}double_blocks.0.img_attn.qkv.weight`]: [1, 2, 1, 2, 1, 2],
    [`${front}double_blocks.0.txt_attn.qkv.weight`]: [1, 2, 1, 2, 1, 2],
    [`${front}double_blocks.0.img_attn.proj.weight`]: [1, 2],
    [`${front}double_blocks.0.txt_mlp.2.weight`]: [1, 2],
    [`${front}double_blocks.0.txt_mod.lin.weight`]: upTo(12),
    [`${front}single_blocks.0.linear1.weight`]: [1, 2, 1, 2, 1, 2, ...upTo(8)],
    [`${front}single_blocks.0.linear2.weight`]: [1, 2],
    [`${front}single_blocks.0.modulation.lin.weight`]: upTo(6),
    [`${front}final_layer.adaLN_modulation.1.weight`]: [3, 4, 1, 2],
    [`${front}final_layer.linear.weight`]: [1, 2, 3],
  });
});

test('the halves of the last modulation are not swapped within one layout', () => {
  const [own] = meet(
    [rising('transformer.norm_out.linear', [4, 2])],
    diffusers('transformer/'),
  ).pairs;
  expect(addedTo({ pairs: [own], saved: [], unmatched: [] })).toEqual({
    'transformer/norm_out.linear.weight': [1, 2, 3, 4],
  });
});

test('a fused bias is cut as its weight is', () => {
  const updates = [rising(`transformer.${DOUBLE}.attn.to_k`, [2, 1], 5, { of: 'bias' })];
  expect(addedTo(meet(updates, original('')))).toEqual({
    'double_blocks.0.img_attn.qkv.bias': [0, 0, 5, 6, 0, 0],
  });
});

test('XLabs’ attention updates reach all of one weight, or the first parts of another', () => {
  const updates = [
    rising('double_blocks.0.processor.qkv_lora1', [6, 2]),
    rising('double_blocks.0.processor.proj_lora1', [2, 2]),
    rising('single_blocks.0.processor.qkv', [6, 2]),
    rising('single_blocks.0.processor.proj_lora', [2, 10]),
  ];
  expect(addedTo(meet(updates, original('')))).toEqual({
    'double_blocks.0.img_attn.qkv.weight': upTo(6),
    'double_blocks.0.img_attn.proj.weight': [1, 2],
    'single_blocks.0.linear1.weight': [...upTo(6), 0, 0, 0, 0, 0, 0, 0, 0],
    'single_blocks.0.linear2.weight': [1, 2],
  });
  expect(Object.keys(addedTo(meet(updates, diffusers('transformer/'))))).toHaveLength(8);
});

test('of two transformers neither is taken for an adapter that names none', () => {
  const two = { ...diffusers('transformer/'), ...diffusers('transformer_2/') };
  const name = 'double_blocks.0.img_attn.qkv';
  expect(meet([rising(name, [6, 2])], two).unmatched[0].why.kind).toBe('several');
  const named = meet([rising(`transformer.${name}`, [6, 2])], two);
  expect(named.pairs.map(({ tensor }) => tensor)).toEqual(
    ['q', 'k', 'v'].map((part) => `transformer/${DOUBLE}.attn.to_${part}.weight`),
  );
});

test('a fused update and one of its parts clash: neither is taken', () => {
  const updates = [
    rising(kohya('double_blocks.0.img_attn.qkv'), [6, 2]),
    rising(`transformer.${DOUBLE}.attn.to_k`, [2, 2]),
  ];
  for (const base of [original(''), diffusers('transformer/')]) {
    const met = meet(updates, base);
    expect(met.pairs).toEqual([]);
    expect(met.unmatched.map(({ why }) => why.kind)).toEqual(['clash', 'clash']);
  }
});
