import { describe, expect, test } from 'vitest';
import { readBack, t } from '../../testing/adapter.ts';
import { refused } from '../../testing/refused.ts';

const lora = (module: string, rank = 2, prefix = 'base_model.model.') => ({
  [`${prefix}${module}.lora_A.weight`]: t([rank, 3]),
  [`${prefix}${module}.lora_B.weight`]: t([4, rank]),
});
const config = { peft_type: 'LORA', r: 2, lora_alpha: 6, target_modules: ['q', 'k'] };

describe('names', () => {
  test.each([
    ['with the prefix', lora('model.layers.0.q')],
    ['without it', lora('model.layers.0.q', 2, '')],
    [
      'with the adapter’s own',
      {
        'base_model.model.model.layers.0.q.lora_A.default.weight': t([2, 3]),
        'base_model.model.model.layers.0.q.lora_B.default.weight': t([4, 2]),
      },
    ],
  ])('%s', (_, tensors) => {
    const read = readBack(tensors, config);
    expect(read.dialect).toBe('PEFT');
    expect(read.of('model.layers.0.q')).toMatchObject({ rank: 2, alpha: 6, scale: 3 });
    expect([read.unread, read.remarks, read.saved]).toEqual([[], [], []]);
  });

  test('of several adapters are refused', async () => {
    const error = await refused(() =>
      readBack({ 'q.lora_A.one.weight': t([2, 3]), 'q.lora_B.two.weight': t([4, 2]) }, config),
    );
    expect([error.tag, error.context.found]).toEqual([
      'several-models',
      'several adapters in one file: one, two',
    ]);
  });
});

describe('ranks and scales', () => {
  test('a pattern holds for a name or its end after a dot, and the first that does wins', () => {
    const modules = ['a.q', 'b.q', 'a.sq', 'k'];
    const read = readBack(Object.assign({}, ...modules.map((module) => lora(module))), {
      ...config,
      alpha_pattern: { 'a.q': 2, q: 4, '.*q': 8 },
    });
    expect(modules.map((module) => read.of(module).alpha)).toEqual([2, 4, 8, 6]);
  });

  test('a pattern may use what Python writes otherwise', () => {
    const read = readBack(lora('layers.12.q'), {
      ...config,
      alpha_pattern: { 'layers\\.(?P<n>1\\d)\\.q\\Z': 10 },
    });
    expect(read.of('layers.12.q').scale).toBe(5);
  });

  test('rsLoRA divides by the root of the rank', () => {
    const read = readBack(lora('q', 4), { ...config, r: 4, use_rslora: true });
    expect(read.of('q').scale).toBe(3);
    expect(read.remarks).toEqual(['rsLoRA: the scale is alpha / √r.']);
  });

  test('the rank is that of the tensors, and a config that says another is told', () => {
    const read = readBack({ ...lora('q', 3), ...lora('k', 3) }, config);
    expect(read.of('q')).toMatchObject({ rank: 3, scale: 2 });
    expect(read.remarks).toEqual([
      'The config says rank 2, the tensors have 3, which is taken (2 such as q).',
    ]);
  });

  test('what a config does not say is 8, as PEFT has it', () => {
    const read = readBack(lora('q', 8), { peft_type: 'LORA', target_modules: ['q'] });
    expect(read.of('q').scale).toBe(1);
    expect(read.remarks).toEqual([
      'The config has no r: PEFT takes 8.',
      'The config has no lora_alpha: PEFT takes 8.',
    ]);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a rank of 0', { r: 0 }, '0 as r'],
    ['an alpha of null', { lora_alpha: null }, 'null as lora_alpha'],
    ['an alpha that is no number', { lora_alpha: Number.NaN }, 'NaN as lora_alpha'],
    ['a text for alpha', { lora_alpha: '16' }, '"16" as lora_alpha'],
    ['a pattern’s value', { rank_pattern: { q: null } }, 'null as the r of "q"'],
    ['a pattern that is none', { alpha_pattern: { '(': 4 } }, 'the pattern "("'],
    ['a list of patterns', { alpha_pattern: [1] }, '[1] as alpha_pattern'],
    ['a text for patterns', { rank_pattern: 'q' }, '"q" as rank_pattern'],
    ['a text for rsLoRA', { use_rslora: 'yes' }, '"yes" as use_rslora'],
    ['a number for DoRA', { use_dora: 1 }, '1 as use_dora'],
    ['a text for how weights lie', { fan_in_fan_out: 'false' }, '"false" as fan_in_fan_out'],
    ['a text for biases', { lora_bias: 'none' }, '"none" as lora_bias'],
  ])('%s is refused', async (_, fields, found) => {
    const { tag, context } = await refused(() => readBack(lora('q'), { ...config, ...fields }));
    expect([tag, context.file, context.found]).toEqual([
      ...['bad-config', 'adapter_config.json', found],
    ]);
  });

  test('null is as if a field was not there', () => {
    const nothing = { use_rslora: null, use_dora: null, alpha_pattern: null, rank_pattern: null };
    expect(readBack(lora('q'), { ...config, ...nothing }).of('q').scale).toBe(3);
  });
});

describe('layers of other kinds', () => {
  test('a base of inputs × outputs gets the update turned', () => {
    const tensors = {
      'h.c_attn.lora_A.weight': t([1, 2], 1, 2),
      'h.c_attn.lora_B.weight': t([3, 1], 3, 4, 5),
    };
    const turned = { peft_type: 'LORA', r: 1, lora_alpha: 2, fan_in_fan_out: true };
    expect(readBack(tensors, turned).delta('h.c_attn')).toEqual([
      [6, 8, 10],
      [12, 16, 20],
    ]);
  });

  test('an embedding is tokens × width', () => {
    const tensors = {
      'base_model.model.embed.lora_embedding_A': t([1, 3], 1, 2, 3),
      'base_model.model.embed.lora_embedding_B': t([2, 1], 1, 10),
    };
    const read = readBack(tensors, { ...config, r: 1, lora_alpha: 1, target_modules: ['embed'] });
    expect(read.delta('embed')).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
  });

  test('a bias of lora_B is scaled like the weight', () => {
    const bias = { 'base_model.model.q.lora_B.bias': t([4]) };
    const read = readBack({ ...lora('q'), ...bias }, { ...config, lora_bias: true });
    expect(read.delta('q', 'bias')).toEqual([[3], [6], [9], [12]]);
  });
});

describe('what the config and the tensors do not agree on is not read', () => {
  const magnitudes = { 'base_model.model.q.lora_magnitude_vector': t([4]) };
  const bias = { 'base_model.model.q.lora_B.bias': t([4]) };
  test.each<[string, Parameters<typeof readBack>[0], Readonly<Record<string, unknown>>, string]>([
    ['use_dora without magnitudes', lora('q'), { use_dora: true }, 'there is no magnitude vector'],
    ['magnitudes without use_dora', { ...lora('q'), ...magnitudes }, {}, 'does not say use_dora'],
    ['a bias without lora_bias', { ...lora('q'), ...bias }, {}, 'does not say lora_bias'],
    [
      'factors of experts in one tensor',
      lora('mlp.experts'),
      { target_parameters: ['mlp.experts.down_proj'] },
      'One of target_parameters',
    ],
    [
      'factors of such a wrapper’s inside',
      lora('mlp.experts.base_layer'),
      {},
      'inside a layer that PEFT has wrapped',
    ],
  ])('%s', (_, tensors, fields, why) => {
    const read = readBack(
      { ...tensors, ...lora('k') },
      { ...config, ...fields, ...(fields.use_dora ? {} : {}) },
    );
    expect(read.unread.find(({ tensor }) => tensor in tensors)?.why).toContain(why);
    expect(read.updates.every(({ module }) => module === 'k')).toBe(true);
  });
});

describe('modules outside target_modules', () => {
  const outside = (fields: Readonly<Record<string, unknown>>, ...modules: readonly string[]) => {
    const read = readBack(Object.assign({}, ...modules.map((module) => lora(module))), {
      ...config,
      ...fields,
    });
    expect(read.updates).toHaveLength(modules.length);
    return read.remarks.join(' ');
  };
  const said = 'Outside the config’s target_modules, so PEFT would not load it; it is read here';

  test('are read, and told', () => {
    expect(outside({}, 'a.q', 'a.v', 'a.xq')).toBe(`${said} (2 such as a.v).`);
  });

  test('are those that a regular expression does not match as a whole', () => {
    expect(outside({ target_modules: '.*\\.(q|v)' }, 'a.q', 'a.v')).toBe('');
    expect(outside({ target_modules: 'q' }, 'a.q')).toBe(`${said} (a.q).`);
    expect(outside({ target_modules: 'all-linear' }, 'a.o')).toBe('');
  });

  test('are those excluded, and those of other layers', () => {
    expect(outside({ exclude_modules: ['a.q'] }, 'a.q', 'a.k')).toBe(`${said} (a.q).`);
    const layers = ['m.layers.0.a.q', 'm.layers.1.a.q', 'm.layers.11.a.q'];
    expect(outside({ layers_to_transform: [1, 11] }, ...layers)).toBe(`${said} (${layers[0]}).`);
    expect(outside({ layers_to_transform: 11, layers_pattern: 'layers' }, ...layers)).toBe(
      `${said} (2 such as ${layers[0]}).`,
    );
    // PEFT looks at layers_to_transform beside a list only.
    const byPattern = { target_modules: '.*\\.q', layers_to_transform: [1] };
    expect(outside(byPattern, ...layers)).toBe('');
  });
});

describe('whole tensors', () => {
  const whole = (name: string) => ({ [`base_model.model.${name}`]: t([2, 3]) });
  const saved = (name: string, fields: Readonly<Record<string, unknown>> = {}) => {
    const read = readBack({ ...lora('q'), ...whole(name) }, { ...config, ...fields });
    expect(read.unread).toEqual([]);
    return [read.saved.map((each) => each.name), read.remarks];
  };

  test('are those of modules_to_save, of grown embeddings, and biases', () => {
    expect(saved('score.weight', { modules_to_save: ['score'] })).toEqual([['score.weight'], []]);
    expect(saved('model.score.dense.bias', { modules_to_save: ['score'] })).toEqual([
      ['model.score.dense.bias'],
      [],
    ]);
    expect(saved('model.embed_tokens.weight')).toEqual([['model.embed_tokens.weight'], []]);
    expect(saved('lm_head.base_layer.weight')).toEqual([['lm_head.weight'], []]);
    expect(saved('q.base_layer.bias', { bias: 'lora_only' })).toEqual([['q.bias'], []]);
    expect(saved('score.modules_to_save.default.weight', { modules_to_save: ['score'] })).toEqual([
      ['score.weight'],
      [],
    ]);
  });

  test('that nothing announces are told', () => {
    expect(saved('norm.weight')).toEqual([
      ['norm.weight'],
      ['A whole tensor that the config does not announce (norm.weight).'],
    ]);
  });

  test.each([
    ['model.embed_tokens.token_adapter.trainable_tokens_delta', 'Rows of single tokens'],
    ['score.original_module.weight', 'The base’s own tensor'],
    ['q.lora_E', 'AdaLoRA'],
    ['q.lora_A.bias', 'A bias between the factors'],
    ['something', 'A name that PEFT is not known to use'],
  ])('of the name %s are not read', (name, why) => {
    const read = readBack({ ...lora('q'), ...whole(name) }, config);
    expect(read.unread).toEqual([
      { tensor: `base_model.model.${name}`, why: expect.stringContaining(why) },
    ]);
  });
});

test('the base is the one that the config names, with its revision', () => {
  const base = (fields: Readonly<Record<string, unknown>>) =>
    readBack(lora('q'), { ...config, ...fields }).base;
  expect(base({ base_model_name_or_path: 'org/model', revision: 'abc' })).toEqual({
    name: 'org/model',
    revision: 'abc',
  });
  expect(base({ base_model_name_or_path: '../base', revision: null })?.revision).toBeNull();
  expect(base({ base_model_name_or_path: null })).toBeNull();
});

describe('other kinds of adapter', () => {
  test.each<[Readonly<Record<string, unknown>>, string, string]>([
    [{ peft_type: 'VERA' }, 'a PEFT adapter of type VERA', 'merge_and_unload'],
    [{ peft_type: 'IA3' }, 'a PEFT adapter of type IA3', 'merge_and_unload'],
    [{ peft_type: undefined }, 'no peft_type in the config', 'again from where'],
    [{ peft_type: undefined, lora_parameters: {} }, 'the config of an MLX adapter', 'mlx_lm.fuse'],
    ...['pissa', 'pissa_niter_16', 'olora', 'corda', 'lora_ga', 'loftq', 'kasa'].map(
      (start): [Readonly<Record<string, unknown>>, string, string] => [
        { init_lora_weights: start },
        `"init_lora_weights": "${start}", which changed the base before training`,
        'path_initial_model_for_weight_conversion',
      ],
    ),
    [{ layer_replication: [[0, 4]] }, 'layers of the base repeated', 'merge_and_unload'],
    [{ alora_invocation_tokens: [1] }, 'an aLoRA', 'merge_and_unload'],
    [{ use_bdlora: { nblocks: 2 } }, 'a BD-LoRA', 'merge_and_unload'],
    [{ use_qalora: true }, 'a QA-LoRA', 'merge_and_unload'],
    [{ kasa_config: { beta: 1 } }, 'KaSA', 'merge_and_unload'],
    [{ arrow_config: { top_k: 1 } }, 'an Arrow router', 'merge_and_unload'],
  ])('%j is refused by name', async (fields, found, advice) => {
    const error = await refused(() => readBack(lora('q'), { ...config, ...fields }));
    expect(error.tag).toBe('adapter');
    expect(error.context.found).toContain(found);
    expect(error.context.advice).toContain(advice);
  });

  test('beginnings that leave the base alone are read', () => {
    for (const start of [true, false, 'gaussian', 'eva', 'orthogonal', 'mica']) {
      expect(readBack(lora('q'), { ...config, init_lora_weights: start }).updates).toHaveLength(1);
    }
  });
});
