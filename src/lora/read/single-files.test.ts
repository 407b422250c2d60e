/** Adapters in one file: kohya, diffusers, ai-toolkit, ComfyUI, and what is refused among them. */
import { describe, expect, test } from 'vitest';
import { type AdapterTensor, readBack, t } from '../../testing/adapter.ts';
import { refused } from '../../testing/refused.ts';

describe('kohya', () => {
  const lora = (module: string): Record<string, AdapterTensor> => ({
    [`${module}.lora_down.weight`]: t([2, 3]),
    [`${module}.lora_up.weight`]: t([4, 2]),
    [`${module}.alpha`]: { shape: [], values: [1], dtype: 'F16' },
  });

  test('keeps the prefix of each part of a pipeline, whose names overlap', () => {
    const modules = [
      'lora_unet_mid_block',
      'lora_te_text_model',
      'lora_te1_x',
      'lora_te2_x',
      'lycoris_x',
    ];
    const read = readBack(Object.assign({}, ...modules.map(lora)));
    expect(read.dialect).toBe('kohya');
    expect(read.updates.map(({ module, scale }) => [module, scale])).toEqual(
      modules.map((module) => [module, 0.5]),
    );
  });

  test('names its base in the metadata, in one field or another', () => {
    const base = (metadata: Readonly<Record<string, string>>) =>
      readBack(lora('lora_unet_x'), null, metadata).base?.name;
    expect(base({ ss_sd_model_name: 'a.safetensors', ss_base_model_version: 'sdxl' })).toBe(
      'a.safetensors',
    );
    expect(base({ ss_base_model_version: 'sdxl_base_v1-0' })).toBe('sdxl_base_v1-0');
    expect(base({ 'modelspec.architecture': 'flux-1-dev/lora' })).toBe('flux-1-dev/lora');
    expect(base({})).toBeUndefined();
  });

  test('trained with split QKV says how strong sd-scripts has it', () => {
    const remarks = (args: string) =>
      readBack(lora('lora_unet_x'), null, { ss_network_args: args }).remarks.join(' ');
    expect(remarks('{"split_qkv": "True"}')).toContain('split_qkv');
    expect(remarks('{"split_qkv": "False"}')).toBe('');
  });
});

describe('diffusers and those who name alike', () => {
  test.each([
    ['.lora_A.weight', '.lora_B.weight'],
    ['.lora_A', '.lora_B'],
    ['.lora_A.default.weight', '.lora_B.default.weight'],
    ['.lora_down.weight', '.lora_up.weight'],
    ['_lora.down.weight', '_lora.up.weight'],
    ['.lora.down.weight', '.lora.up.weight'],
    ['.lora_linear_layer.down.weight', '.lora_linear_layer.up.weight'],
    ['.down.weight', '.up.weight'],
    ['.down', '.up'],
  ])('the ends %s and %s', (down, up) => {
    const read = readBack({
      [`unet.mid.to_q${down}`]: t([1, 2]),
      [`unet.mid.to_q${up}`]: t([2, 1], 1, 10),
    });
    expect(read.delta('unet.mid.to_q')).toEqual([
      [1, 2],
      [10, 20],
    ]);
  });

  test('two LoRAs of one block, as XLabs numbers them, stay apart', () => {
    const block = (name: string) => ({
      [`double_blocks.0.processor.${name}.down.weight`]: t([1, 2]),
      [`double_blocks.0.processor.${name}.up.weight`]: t([2, 1]),
    });
    const read = readBack({ ...block('qkv_lora1'), ...block('qkv_lora2') });
    expect(read.updates.map(({ module }) => module)).toEqual([
      'double_blocks.0.processor.qkv_lora1',
      'double_blocks.0.processor.qkv_lora2',
    ]);
  });

  const factors = (module: string, rank = 2) => ({
    [`${module}.lora_A.weight`]: t([rank, 3]),
    [`${module}.lora_B.weight`]: t([4, rank]),
  });

  test('are told apart by prefix and metadata', () => {
    const dialect = (module: string, metadata = {}) =>
      readBack(factors(module), null, metadata).dialect;
    expect(dialect('transformer.x')).toBe('diffusers');
    expect(dialect('diffusion_model.x')).toBe('ComfyUI');
    expect(dialect('diffusion_model.x', { software: '{"name": "ai-toolkit"}' })).toBe('ai-toolkit');
  });

  describe('a config in the header', () => {
    const meta = (fields: Readonly<Record<string, unknown>>) => ({
      lora_adapter_metadata: JSON.stringify(fields),
    });

    test('says rank, alpha and patterns of each component', () => {
      const tensors = {
        ...factors('transformer.a.q'),
        ...factors('transformer.k'),
        ...factors('text_encoder.q'),
      };
      const read = readBack(
        tensors,
        null,
        meta({
          ...{ 'transformer.r': 2, 'transformer.lora_alpha': 4 },
          ...{ 'transformer.alpha_pattern': { 'a.q': 10 }, 'text_encoder.lora_alpha': 6 },
          ...{ 'text_encoder.r': 2, 'text_encoder.use_rslora': true },
        }),
      );
      const scales = read.updates.map(({ scale }) => scale);
      expect(scales).toEqual([5, 2, 6 / Math.sqrt(2)]);
      expect(read.remarks).toEqual(['rsLoRA: the scale is alpha / √r.']);
    });

    test('of one component has no component in front', () => {
      const read = readBack(factors('blocks.0.q'), null, meta({ r: 2, lora_alpha: 8 }));
      expect(read.of('blocks.0.q').scale).toBe(4);
    });

    test('that says another alpha than the tensor makes a module unread', () => {
      const tensors = { ...factors('transformer.q'), 'transformer.q.alpha': t([], 3) };
      const fields = { 'transformer.r': 2, 'transformer.lora_alpha': 4 };
      expect(readBack(tensors, null, meta(fields)).unread[0].why).toBe(
        'Two values of alpha: 3 in the tensor, 4 in the config.',
      );
      const same = { ...fields, 'transformer.lora_alpha': 3 };
      expect(readBack(tensors, null, meta(same)).of('transformer.q').scale).toBe(1.5);
    });

    test('that begins from a changed base is refused', async () => {
      const fields = meta({ 'unet.init_lora_weights': 'pissa' });
      const error = await refused(() => readBack(factors('unet.q'), null, fields));
      expect(error.context.found).toContain('pissa');
    });

    test.each(['{', '[]', '"r"'])('that is no object, %s, is refused', async (text) => {
      const error = await refused(() =>
        readBack(factors('unet.q'), null, { lora_adapter_metadata: text }),
      );
      expect(error.tag).toBe('bad-metadata');
    });
  });

  test('PEFT’s language models without a config are refused, and image models are read', async () => {
    for (const module of [
      'base_model.model.model.layers.0.q',
      'model.layers.0.q',
      'transformer.h.0.c',
    ]) {
      const error = await refused(() => readBack(factors(module)));
      expect([error.tag, error.context.found]).toEqual([
        'bad-config',
        'an adapter of PEFT without its adapter_config.json',
      ]);
    }
    for (const module of [
      'base_model.model.double_blocks.0.img_attn.qkv',
      'transformer.layers.0.q',
    ]) {
      expect(readBack(factors(module)).updates).toHaveLength(1);
    }
  });
});

describe('what is not added to weights', () => {
  test.each([
    ['lora_unet_x.oft_blocks', 'OFT and BOFT'],
    ['oft_unet_x.oft_diag', 'OFT and BOFT'],
    ['lora_unet_x.on_input', 'IA3'],
    ['lora_unet_x.a1.weight', 'GLoRA'],
    ['q.vera_lambda_b', 'VeRA'],
    ['layers.0.q.lora_a', 'MLX or torchtune'],
    ['lora_unet_x.bias_indices', 'single changed elements'],
    ['x.reshape_weight', 'padded to another shape'],
    ['bundle_emb.cat.string_to_param.*', 'An embedding for prompts'],
    ['first_stage_model.conv.weight', 'not known to use'],
  ])('%s is told', (name, why) => {
    const read = readBack({ [name]: t([2, 2]) });
    expect(read.updates).toEqual([]);
    expect(read.unread).toEqual([{ tensor: name, why: expect.stringContaining(why) }]);
  });

  test('a weight that is to be set stands in for the base’s', () => {
    const read = readBack({ 'diffusion_model.img_in.set_weight': t([2, 2]) });
    expect(read.saved.map(({ name }) => name)).toEqual(['diffusion_model.img_in.weight']);
  });
});
