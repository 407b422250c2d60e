import { describe, expect, test } from 'vitest';
import { type HeaderTensor, headerModel } from '../../testing/model.ts';
import { nameTensors } from './rename.ts';
import { suggestRenames } from './suggest.ts';

type Header = Record<string, HeaderTensor>;

/** What is offered for an expert beside a base, and how many of the base's names it then has. */
function offered(base: Header, own: Header) {
  const [b, o] = [headerModel('base', base).tensors, headerModel('own', own).tensors];
  const missing = [...b.keys()].filter((name) => !o.has(name));
  const extra = [...o.keys()].filter((name) => !b.has(name));
  const began = performance.now();
  const suggestion = suggestRenames({ own: o, renames: [], base: b, missing, extra });
  const took = performance.now() - began;
  const renames = suggestion.renames.map((rename, k) => ({ ...rename, id: `${k}`, model: 'own' }));
  const named = nameTensors(o, renames, b);
  const met = [...b.keys()].filter((name) => named.tensors.has(name)).length;
  const rules = suggestion.renames.map(({ from, to }) => `${from} → ${to}`);
  return { ...suggestion, rules, met, faults: named.faults, took };
}

test('what meets already, or is kept, is not counted, whatever was asked before', () => {
  const base = headerModel('base', { 'a.weight': ['F32', [2]], 'b.weight': ['F32', [3]] }).tensors;
  const own = headerModel('own', {
    'x.a.weight': ['F32', [2]],
    'x.b.weight': ['F32', [3]],
  }).tensors;
  const pairs = (...missing: string[]) =>
    suggestRenames({ own, renames: [], base, missing, extra: [...own.keys()] }).pairs;
  expect(pairs('a.weight', 'b.weight')).toHaveLength(2);
  expect(pairs('b.weight')).toEqual([['x.b.weight', 'b.weight']]);
});

const llama = (prefix = 'model.', head = 'lm_head.'): Header => ({
  [`${prefix}embed_tokens.weight`]: ['BF16', [64, 8]],
  ...Object.fromEntries(
    [0, 1, 2].flatMap((layer): [string, HeaderTensor][] => [
      [`${prefix}layers.${layer}.self_attn.q_proj.weight`, ['BF16', [8, 8]]],
      [`${prefix}layers.${layer}.self_attn.k_proj.weight`, ['BF16', [8, 8]]],
      [`${prefix}layers.${layer}.mlp.gate_proj.weight`, ['BF16', [24, 8]]],
      [`${prefix}layers.${layer}.mlp.up_proj.weight`, ['BF16', [24, 8]]],
      [`${prefix}layers.${layer}.input_layernorm.weight`, ['BF16', [8]]],
      [`${prefix}layers.${layer}.post_attention_layernorm.weight`, ['BF16', [8]]],
    ]),
  ),
  [`${prefix}norm.weight`]: ['BF16', [8]],
  [`${head}weight`]: ['BF16', [64, 8]],
});

const bert = (prefix: string, gamma = 'weight', beta = 'bias'): Header => ({
  [`${prefix}embeddings.word_embeddings.weight`]: ['F32', [64, 8]],
  [`${prefix}embeddings.LayerNorm.${gamma}`]: ['F32', [8]],
  [`${prefix}embeddings.LayerNorm.${beta}`]: ['F32', [8]],
  ...Object.fromEntries(
    [0, 1].flatMap((layer): [string, HeaderTensor][] => [
      [`${prefix}encoder.layer.${layer}.attention.self.query.weight`, ['F32', [8, 8]]],
      [`${prefix}encoder.layer.${layer}.attention.self.query.bias`, ['F32', [8]]],
      [`${prefix}encoder.layer.${layer}.attention.output.LayerNorm.${gamma}`, ['F32', [8]]],
      [`${prefix}encoder.layer.${layer}.attention.output.LayerNorm.${beta}`, ['F32', [8]]],
    ]),
  ),
});

/** Every name of a header, changed. */
const renamed = (header: Header, change: (name: string) => string): Header =>
  Object.fromEntries(Object.entries(header).map(([name, tensor]) => [change(name), tensor]));

const all = (header: Header) => Object.keys(header).length;

describe('all tensors meet', () => {
  const cases: readonly [about: string, base: Header, own: Header, rules: readonly string[]][] = [
    [
      'torch.compile',
      llama(),
      renamed(llama(), (name) => `_orig_mod.${name}`),
      ['_orig_mod.* → *'],
    ],
    ['DDP in the base', renamed(llama(), (n) => `module.${n}`), llama(), ['* → module.*']],
    [
      'DDP around torch.compile',
      llama(),
      renamed(llama(), (n) => `module._orig_mod.${n}`),
      ['module._orig_mod.* → *'],
    ],
    ['a bare BERT', bert('bert.'), bert(''), ['* → bert.*']],
    ['a BERT with a box around it', bert(''), bert('bert.'), ['bert.* → *']],
    [
      'PEFT, merged but not unwrapped',
      llama(),
      renamed(llama(), (n) => `base_model.model.${n}`),
      ['base_model.model.* → *'],
    ],
    [
      'a bare transformer',
      llama('model.', 'lm_head.'),
      llama('transformer.', 'lm_head.'),
      ['transformer.* → model.*'],
    ],
    [
      'gamma and beta',
      bert(''),
      bert('', 'gamma', 'beta'),
      ['*.gamma → *.weight', '*.beta → *.bias'],
    ],
    [
      'weight and bias in place of gamma and beta',
      bert('', 'gamma', 'beta'),
      bert(''),
      ['*.LayerNorm.weight → *.LayerNorm.gamma'],
    ],
    [
      'a prefix and gamma and beta',
      bert(''),
      bert('bert.', 'gamma', 'beta'),
      ['bert.*.gamma → *.weight', 'bert.*.beta → *.bias', 'bert.* → *'],
    ],
  ];
  test.each(cases)('%s', (_, base, own, rules) => {
    const found = offered(base, own);
    expect(found.rules).toEqual(expect.arrayContaining([...rules]));
    expect(found.met).toBe(all(base));
    expect(found.faults).toEqual([]);
    expect(found.refused).toEqual([]);
  });

  test('wrappers inside the name, once or twice', () => {
    const own = renamed(llama(), (name) =>
      `_orig_mod.${name}`.replace('.self_attn.', '._checkpoint_wrapped_module.self_attn.'),
    );
    const found = offered(llama(), own);
    expect(found.met).toBe(all(llama()));
    expect(found.rules[0]).toMatch(/^_orig_mod\..*\*\._checkpoint_wrapped_module\.\* → /);
  });

  test('a language model inside one with a vision tower, old names and new', () => {
    const tower: Header = {
      'visual.blocks.0.attn.qkv.weight': ['BF16', [24, 8]],
      'visual.blocks.1.attn.qkv.weight': ['BF16', [24, 8]],
      'visual.merger.weight': ['BF16', [8, 32]],
    };
    const base = { ...llama('model.language_model.'), ...renamed(tower, (n) => `model.${n}`) };
    const found = offered(base, { ...llama('model.'), ...tower });
    expect(found.met).toBe(all(base));
    expect(found.faults).toEqual([]);
    const back = offered({ ...llama('model.'), ...tower }, base);
    expect(back.met).toBe(all(base));
  });

  test('language_model.model against model.language_model, with the head outside', () => {
    const base = llama('model.language_model.', 'lm_head.');
    const own = llama('language_model.model.', 'language_model.lm_head.');
    const found = offered(base, own);
    expect(found.met).toBe(all(base));
    expect(found.rules).toContain('language_model.model.* → model.language_model.*');
  });

  test('a vocabulary with more rows is no other model', () => {
    const own = renamed(llama(), (name) => `_orig_mod.${name}`);
    own['_orig_mod.model.embed_tokens.weight'] = ['BF16', [66, 8]];
    own['_orig_mod.lm_head.weight'] = ['BF16', [66, 8]];
    expect(offered(llama(), own).met).toBe(all(llama()));
  });

  test('one tensor of another shape does not hide the scheme', () => {
    const own = renamed(llama(), (name) => `_orig_mod.${name}`);
    own['_orig_mod.model.layers.1.mlp.gate_proj.weight'] = ['BF16', [30, 8]];
    own['_orig_mod.model.norm.weight'] = ['BF16', [9]];
    expect(offered(llama(), own).rules).toEqual(['_orig_mod.* → *']);
  });
});

describe('nothing is guessed', () => {
  test('two copies in the expert that fit equally well', () => {
    const own = {
      ...renamed(llama(), (name) => `ema.${name}`),
      ...renamed(llama(), (name) => `student.${name}`),
    };
    const found = offered(llama(), own);
    expect(found.rules).toEqual([]);
    expect(found.refused.join()).toContain('ema.* → *');
    expect(found.refused.join()).toContain('names and shapes do not tell which');
  });

  test('two places in the base that fit equally well', () => {
    const base = {
      ...renamed(llama(), (name) => `text_encoder.${name}`),
      ...renamed(llama(), (name) => `text_encoder_2.${name}`),
    };
    const found = offered(base, llama());
    expect(found.rules).toEqual([]);
    expect(found.refused.length).toBeGreaterThan(0);
  });

  test('one head for another', () => {
    const found = offered(
      { 'encoder.weight': ['F32', [8, 8]], 'classifier.weight': ['F32', [2, 8]] },
      { 'encoder.weight': ['F32', [8, 8]], 'score.weight': ['F32', [2, 8]] },
    );
    expect(found.rules).toEqual([]);
  });

  test('another architecture', () => {
    const gpt: Header = Object.fromEntries(
      [0, 1, 2].flatMap((layer): [string, HeaderTensor][] => [
        [`h.${layer}.ln_1.weight`, ['BF16', [8]]],
        [`h.${layer}.ln_2.weight`, ['BF16', [8]]],
        [`h.${layer}.attn.c_attn.weight`, ['BF16', [8, 24]]],
      ]),
    );
    expect(offered(llama(), gpt).rules).toEqual([]);
  });

  test('equal models are offered nothing', () => {
    expect(offered(llama(), llama())).toMatchObject({ rules: [], pairs: [], refused: [] });
  });
});

describe('mixtures of experts', () => {
  const [E, I, H] = [4, 6, 8];
  const one = (moe: string, gate: string, up: string, down: string): Header => ({
    'model.norm.weight': ['BF16', [H]],
    ...Object.fromEntries(
      [0, 1].flatMap((layer) => [
        [`model.layers.${layer}.${moe}.gate.weight`, ['BF16', [E, H]]] as [string, HeaderTensor],
        ...[...Array(E).keys()].flatMap((e): [string, HeaderTensor][] => [
          [`model.layers.${layer}.${moe}.experts.${e}.${gate}.weight`, ['BF16', [I, H]]],
          [`model.layers.${layer}.${moe}.experts.${e}.${up}.weight`, ['BF16', [I, H]]],
          [`model.layers.${layer}.${moe}.experts.${e}.${down}.weight`, ['BF16', [H, I]]],
        ]),
      ]),
    ),
  });
  const split = one('mlp', 'gate_proj', 'up_proj', 'down_proj');
  const mixtral = one('block_sparse_moe', 'w1', 'w3', 'w2');
  const fused = (gateUp: readonly number[], down: readonly number[]): Header => ({
    'model.norm.weight': ['BF16', [H]],
    ...Object.fromEntries(
      [0, 1].flatMap((layer): [string, HeaderTensor][] => [
        [`model.layers.${layer}.mlp.gate.weight`, ['BF16', [E, H]]],
        [`model.layers.${layer}.mlp.experts.gate_up_proj`, ['BF16', gateUp]],
        [`model.layers.${layer}.mlp.experts.down_proj`, ['BF16', down]],
      ]),
    ),
  });
  const plain = fused([E, 2 * I, H], [E, H, I]);

  test('Mixtral’s names and the newer ones', () => {
    expect(offered(split, mixtral)).toMatchObject({ met: all(split), faults: [], refused: [] });
    expect(offered(mixtral, split)).toMatchObject({ met: all(mixtral), faults: [], refused: [] });
  });

  test('fused ones are cut for a base that stores them one by one', () => {
    const found = offered(split, plain);
    expect(found.rules).toEqual([
      'model.layers.*.mlp.experts.gate_up_proj → model.layers.*.mlp.experts.#.gate_proj.weight + model.layers.*.mlp.experts.#.up_proj.weight',
      'model.layers.*.mlp.experts.down_proj → model.layers.*.mlp.experts.#.down_proj.weight',
    ]);
    expect(found).toMatchObject({ met: all(split), faults: [], refused: [] });
  });

  test('fused ones are cut for a base with Mixtral’s names', () => {
    expect(offered(mixtral, plain)).toMatchObject({ met: all(mixtral), faults: [], refused: [] });
  });

  test('single ones are put together for a base that stores them fused', () => {
    expect(offered(plain, split)).toMatchObject({ met: all(plain), faults: [], refused: [] });
    expect(offered(plain, mixtral)).toMatchObject({ met: all(plain), faults: [], refused: [] });
  });

  test('transposed ones are refused by name', () => {
    const turned = fused([E, H, 2 * I], [E, I, H]);
    const found = offered(split, turned);
    expect(found.rules).toEqual([]);
    expect(found.refused[0]).toBe(
      'model.layers.0.mlp.experts.gate_up_proj [4, 8, 12] and model.layers.0.mlp.experts.0.gate_proj.weight [6, 8], model.layers.0.mlp.experts.0.up_proj.weight [6, 8]: one is stored transposed, which is not undone here',
    );
    expect(found.refused[1]).toContain('experts.down_proj [4, 6, 8]');
  });

  test('shapes that do not tell which way round they lie are refused', () => {
    const square = (header: Header): Header =>
      Object.fromEntries(
        Object.entries(header).map(([name, [dtype, shape]]) => [
          name,
          [dtype, shape.map((size) => (size === I ? H / 2 : size === 2 * I ? H : size))],
        ]),
      );
    const found = offered(square(split), square(plain));
    expect(found.refused.join()).toContain('the shapes do not tell whether one is transposed');
  });

  test('another number of experts is refused', () => {
    const found = offered(split, fused([E + 1, 2 * I, H], [E + 1, H, I]));
    expect(found.rules).toEqual([]);
    expect(found.refused[0]).toContain('one has 5 experts, the other another number');
  });
});

test('a model of 10,000 tensors takes no more than a moment', () => {
  const names = (prefix: string): Header =>
    Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i): [string, HeaderTensor] => [
        `${prefix}model.layers.${i % 48}.mlp.experts.${Math.floor(i / 48 / 3)}.${['gate', 'up', 'down'][Math.floor(i / 48) % 3]}_proj.weight`,
        ['BF16', [4, 4]],
      ]),
    );
  const [base, own] = [names(''), names('_orig_mod.')];
  const found = offered(base, own);
  expect(found.rules).toEqual(['_orig_mod.* → *']);
  expect(found.met).toBe(10_000);

  expect(found.took).toBeLessThan(10_000);
});

test('a component that comes alone is found in a model of components, and one of these in it', () => {
  const unet = (front: string): Header => ({
    [`${front}conv_in.weight`]: ['F16', [8, 4, 3, 3]],
    [`${front}conv_in.bias`]: ['F16', [8]],
    [`${front}down_blocks.0.attentions.0.to_q.weight`]: ['F16', [8, 8]],
    [`${front}mid_block.resnets.0.conv1.weight`]: ['F16', [8, 8, 3, 3]],
    [`${front}conv_out.weight`]: ['F16', [4, 8, 3, 3]],
  });
  const pipeline = {
    ...unet('unet/'),
    'vae/decoder.conv_in.weight': ['F16', [8, 4, 3, 3]],
  } as Header;
  expect(offered(pipeline, unet(''))).toMatchObject({ rules: ['* → unet/*'], met: 5, refused: [] });
  expect(offered(unet(''), pipeline)).toMatchObject({ rules: ['unet/* → *'], met: 5, refused: [] });
});
