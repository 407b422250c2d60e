import { describe, expect, test } from 'vitest';
import type { Recipe } from '../../recipe/recipe.ts';
import { bf16, f32, i64, type TestTensor } from '../../testing/model-file.ts';
import {
  adapterEngine,
  modelFolder,
  peftFolder,
  type Written,
} from '../../testing/written-adapter.ts';

/** Values that nobody could hit upon: no two alike, between −1 and 1. */
const noise = (seed: number, count: number) =>
  Array.from({ length: count }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233) * 0.99);

const layer = 'model.layers.0';
const shapes = {
  'model.embed_tokens.weight': [10, 6],
  [`${layer}.self_attn.q_proj.weight`]: [8, 6],
  [`${layer}.mlp.up_proj.weight`]: [12, 6],
  [`${layer}.mlp.down_proj.weight`]: [6, 12],
  [`${layer}.mlp.up_proj.bias`]: [12],
  [`${layer}.input_layernorm.weight`]: [6],
  'model.conv.weight': [4, 3, 2, 2],
  'lm_head.weight': [10, 6],
};
const q = `${layer}.self_attn.q_proj`;
const up = `${layer}.mlp.up_proj`;
const down = `${layer}.mlp.down_proj`;

type Tensors = Readonly<Record<string, TestTensor>>;
const filled = (seed: number, make = f32): Tensors =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape], k) => {
      const count = shape.reduce((size, each) => size * each, 1);
      return [name, make(shape, noise(seed + k, count))];
    }),
  );
const base = filled(1);
const tuned = filled(50);
const valuesOf = ({ bytes }: TestTensor) => [...new Float32Array(bytes.buffer)];

const everything = {
  parts: ['attention', 'mlp', 'other', 'convolutions', 'embeddings', 'head'],
  rest: 'write all',
} as const;
const rank = (rank: number) => ({ kind: 'rank', rank, convolutions: null }) as const;

/** As a folder that can be opened again. */
const reopened = ({ files }: Written) =>
  Object.fromEntries([...files].filter(([name]) => name.startsWith('adapter_')));

function expectClose(found: readonly number[], expected: readonly number[], within: number) {
  expect(found.length).toBe(expected.length);
  const far = found.map((value, i) => Math.abs(value - expected[i]));
  expect(Math.max(...far)).toBeLessThan(within);
}

describe('an adapter extracted from a fine-tune', () => {
  test('of full rank, with the rest written whole, gives the fine-tune again on its base', async () => {
    const asked = { extraction: everything };
    const folders = { base: modelFolder(base), tuned: modelFolder(tuned) };
    const { order, write } = await adapterEngine(folders);
    const made = await write(order({}, asked));
    expect(made.config['modules_to_save']).toEqual([`${layer}.input_layernorm`]);
    const again = await adapterEngine({ base: folders.base, made: reopened(made) });
    const { tensors } = await again.write(again.order({ as: 'model' }));
    for (const name of Object.keys(shapes)) {
      if (name.endsWith('up_proj.bias')) continue; // of a module with an update: said, not written
      expectClose(tensors.get(name)!.values, valuesOf(tuned[name]), 2e-6);
    }
    expect(tensors.get(`${up}.bias`)!.values).toEqual(valuesOf(base[`${up}.bias`]));
  });

  test('holds the linear layers unless more is asked for, and says what is left out', async () => {
    const { client, order, write } = await adapterEngine({
      base: modelFolder(base),
      tuned: modelFolder(tuned),
    });
    const asked = order({ rank: rank(2) });
    const { config, tensors } = await write(asked);
    expect(config).toMatchObject({
      ...{ r: 2, lora_alpha: 2, modules_to_save: null, base_model_name_or_path: 'base' },
      target_modules: [down, up, q],
    });
    expect(tensors.get(`base_model.model.${down}.lora_A.weight`)!.shape).toEqual([2, 12]);
    expect(tensors.get(`base_model.model.${down}.lora_B.weight`)!.shape).toEqual([6, 2]);
    const prospect = await client.plan(asked);
    const findings = 'outlook' in prospect ? prospect.outlook.findings : prospect.findings;
    const said = findings.find(({ code }) => code === 'not-in-adapter')!;
    expect(said.message).toContain('5 tensors');
    expect(said.message).toContain('One of them belongs to modules that have an update');
    expect(said.tensors?.toSorted()).toEqual(
      [
        ...['model.embed_tokens.weight', `${up}.bias`, `${layer}.input_layernorm.weight`],
        ...['model.conv.weight', 'lm_head.weight'],
      ].toSorted(),
    );
  });

  test.each([
    ['mlp', [down, up]],
    ['convolutions', ['model.conv']],
    ['head', ['lm_head']],
    ['embeddings', ['model.embed_tokens']],
  ] as const)('holds %s alone where they are asked for', async (part, modules) => {
    const folders = { base: modelFolder(base), tuned: modelFolder(tuned) };
    const { order, write } = await adapterEngine(folders);
    const extraction = { parts: [part], rest: 'leave out' } as const;
    const made = await write(order({}, { extraction }));
    expect(made.config['target_modules']).toEqual(modules);
    // On its base it makes those parts the fine-tune's, and no others.
    const again = await adapterEngine({ base: folders.base, made: reopened(made) });
    const { tensors } = await again.write(again.order({ as: 'model' }));
    for (const name of Object.keys(shapes)) {
      const isHeld = modules.some((module) => name === `${module}.weight`);
      expectClose(tensors.get(name)!.values, valuesOf((isHeld ? tuned : base)[name]), 2e-6);
    }
  });

  test('gets ranks by its energy, and leaves out what was not trained', async () => {
    // Of the energies 9 and 1 the first is 90 %.
    const few = { ...base };
    const change = new Array<number>(48).fill(0);
    [change[0], change[7]] = [3, 1];
    const name = `${q}.weight`;
    few[name] = f32(
      [8, 6],
      valuesOf(base[name]).map((value, i) => value + change[i]),
    );
    const { order, write } = await adapterEngine({
      base: modelFolder(base),
      tuned: modelFolder(few),
    });
    const by = (share: number) => write(order({ rank: { kind: 'energy', share, most: 6 } }));
    expect((await by(0.89)).config).toMatchObject({ r: 1, target_modules: [q] });
    const made = await by(0.91);
    expect(made.config).toMatchObject({ r: 2, target_modules: [q] });
    expectClose(made.delta(q), change, 1e-6);
  });

  test('of two fine-tunes is their merge less the base, whatever the method', async () => {
    const other = filled(99);
    const folders = {
      base: modelFolder(base),
      tuned: modelFolder(tuned),
      other: modelFolder(other),
    };
    const { order, write } = await adapterEngine(folders);
    for (const [method, values] of [
      ['task_arithmetic', { lambda: 0.7 }],
      ['linear', {}],
      ['ties', { lambda: 1 }],
      ['dare_linear', { seed: 3 }],
      ['slerp', { t: 0.3 }],
    ] as const) {
      const recipe: Partial<Recipe> = { method, values };
      const model = await write(order({ as: 'model' }, recipe));
      const parts = ['attention', 'mlp', 'head'] as const;
      const extraction = { parts, rest: 'leave out' } as const;
      const adapter = await write(order({}, { ...recipe, extraction }));
      for (const module of [q, up, down, 'lm_head']) {
        const name = `${module}.weight`;
        const whole = model.tensors.get(name)!.values;
        const expected = whole.map((value, i) => value - valuesOf(base[name])[i]);
        expectClose(adapter.delta(module), expected, 3e-6);
      }
    }
  });

  test('of weights in BF16 loses nothing before the factors are rounded', async () => {
    const { order, write } = await adapterEngine({
      base: modelFolder(filled(1, bf16)),
      tuned: modelFolder(filled(50, bf16)),
    });
    const model = await write(order({ as: 'model' }));
    const adapter = await write(order({}));
    const rounded = model.tensors.get(`${q}.weight`)!.values;
    const from = valuesOf(base[`${q}.weight`]).map(toBf16);
    expectClose(
      adapter.delta(q),
      rounded.map((value, i) => value - from[i]),
      2e-6,
    );
  });

  test('is told that a tied embedding which is written whole leaves the head behind', async () => {
    const config = { model_type: 'llama', tie_word_embeddings: true };
    const tied = (tensors: Tensors) => {
      const { 'lm_head.weight': _, ...others } = tensors;
      const text = new TextEncoder().encode(JSON.stringify(config));
      return { ...modelFolder(others), 'config.json': text };
    };
    const { client, order } = await adapterEngine({ base: tied(base), tuned: tied(tuned) });
    const codesFor = async (extraction: Recipe['extraction']) => {
      const prospect = await client.plan(order({ rank: rank(2) }, { extraction }));
      const findings = 'outlook' in prospect ? prospect.outlook.findings : prospect.findings;
      return findings.map(({ code }) => code);
    };
    const parts = ['mlp'] as const;
    expect(await codesFor({ parts, rest: 'write all' })).toContain('tied-embedding-saved');
    expect(await codesFor({ parts, rest: 'write vectors' })).not.toContain('tied-embedding-saved');
  });

  test('without a base is refused with what it is to be told from', async () => {
    const { client, order } = await adapterEngine({ tuned: modelFolder(tuned) });
    const prospect = await client.plan(order({}, { method: 'linear', values: {} }));
    expect(prospect).toMatchObject({
      findings: [{ code: 'adapter-of-models', message: expect.stringContaining('no base') }],
    });
  });
});

const toBf16 = (value: number) => {
  const { bytes } = bf16([1], [value]);
  return new Float32Array(new Uint16Array([0, new Uint16Array(bytes.buffer)[0]]).buffer)[0];
};

describe('what adapters hold that is no update', () => {
  const a = f32([2, 6], noise(7, 12));
  const b = f32([8, 2], noise(8, 16));

  test('DoRA becomes an update of full rank that is cut, where there is a base', async () => {
    const magnitudes = f32(
      [8],
      noise(9, 8).map((value) => 2 + value),
    );
    const dora = peftFolder(
      { [q]: { a, b } },
      { use_dora: true },
      {
        [`${q}.lora_magnitude_vector`]: magnitudes,
      },
    );
    const folders = { base: modelFolder(base), dora };
    const { order, write } = await adapterEngine(folders);
    const model = await write(order({ as: 'model' }));
    const adapter = await write(order({}));
    expect(adapter.config).toMatchObject({ use_dora: false, target_modules: [q], r: 6 });
    const name = `${q}.weight`;
    const expected = model.tensors
      .get(name)!
      .values.map((value, i) => value - valuesOf(base[name])[i]);
    expectClose(adapter.delta(q), expected, 2e-6);
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.5);
  });

  test('a saved module stays whole beside exact updates, and DARE drops the same of it', async () => {
    const head = f32([10, 6], noise(33, 60));
    const saving = peftFolder(
      { [q]: { a, b } },
      { modules_to_save: ['lm_head'] },
      { 'lm_head.weight': head },
    );
    const { order, write } = await adapterEngine({ base: modelFolder(base), saving });
    for (const [method, values] of [
      ['task_arithmetic', { lambda: 0.5 }],
      ['dare_linear', { seed: 5 }],
    ] as const) {
      const model = await write(order({ as: 'model' }, { method, values }));
      const adapter = await write(order({}, { method, values }));
      expect(adapter.config).toMatchObject({ modules_to_save: ['lm_head'], target_modules: [q] });
      expect(adapter.tensors.get('base_model.model.lm_head.weight')!.values).toEqual(
        model.tensors.get('lm_head.weight')!.values,
      );
    }
    const exact = await write(order({}, { values: { lambda: 1 } }));
    expect(exact.tensors.get(`base_model.model.${q}.lora_A.weight`)!.shape).toEqual([2, 6]);
  });

  test('baked into a fine-tune and extracted again, an adapter is what it was', async () => {
    const plain = peftFolder({ [q]: { a, b } }, { lora_alpha: 3 });
    const baked = await adapterEngine({ base: modelFolder(base), plain });
    const { files } = await baked.write(baked.order({ as: 'model' }));
    const tunedAgain = { 'model.safetensors': files.get('model.safetensors')! };
    const { order, write } = await adapterEngine({ base: modelFolder(base), tunedAgain });
    const { config, delta } = await write(
      order({ rank: { kind: 'energy', share: 0.999999, most: 6 } }),
    );
    expect(config).toMatchObject({ target_modules: [q], r: 2 });
    const [av, bv] = [valuesOf(a), valuesOf(b)];
    const expected = Array.from({ length: 48 }, (_, at) => {
      const [i, j] = [Math.floor(at / 6), at % 6];
      return 1.5 * (bv[2 * i] * av[j] + bv[2 * i + 1] * av[6 + j]);
    });
    expectClose(delta(q), expected, 2e-6);
  });
});

describe('a base whose file lacks what stands in front of the body', () => {
  const [attention, norm] = ['h.0.attn.q', 'h.0.ln_1'];
  const bare = (seed: number) => ({
    [`${attention}.weight`]: f32([6, 6], noise(seed, 36)),
    [`${norm}.weight`]: f32([6], noise(seed + 1, 6)),
  });
  const asked = { extraction: everything };
  const key = (name: string) => `base_model.model.transformer.${name}`;

  test('gets all names as an adapter among the inputs has them', async () => {
    const other = {
      'transformer.h.0.attn.q': { a: f32([1, 6], noise(4, 6)), b: f32([6, 1], noise(5, 6)) },
    };
    const adapter = peftFolder(other);
    const models = { base: modelFolder(bare(1)), tuned: modelFolder(bare(9)), adapter };
    const { order, write } = await adapterEngine(models);
    const made = await write(order({}, asked));
    const own = [`${attention}.lora_A.weight`, `${attention}.lora_B.weight`, `${norm}.weight`];
    expect([...made.tensors.keys()].toSorted()).toEqual(own.map(key));
    expect(made.config).toMatchObject({
      target_modules: ['transformer.h.0.attn.q'],
      modules_to_save: ['transformer.h.0.ln_1'],
    });
  });

  test.each([
    ['GPT2LMHeadModel', key('h.0.ln_1.weight')],
    ['GPT2Model', 'base_model.model.h.0.ln_1.weight'],
  ])('is named as %s of transformers has it', async (architecture, norm) => {
    const config = { model_type: 'gpt2', architectures: [architecture] };
    const base = {
      ...modelFolder(bare(1)),
      'config.json': new TextEncoder().encode(JSON.stringify(config)),
    };
    const { order, write } = await adapterEngine({ base, tuned: modelFolder(bare(9)) });
    const made = await write(order({}, asked));
    expect([...made.tensors.keys()]).toContain(norm);
  });
});

test('a batch norm is saved with its running values and its count, without which PEFT refuses it', async () => {
  const norms = (seed: number) => ({
    'conv.weight': f32([4, 3], noise(seed, 12)),
    ...Object.fromEntries(
      ['weight', 'bias', 'running_mean', 'running_var'].map((name, k) => {
        return [`bn.${name}`, f32([4], noise(seed + k, 4))];
      }),
    ),
    'bn.num_batches_tracked': i64([], [7]),
  });
  const models = { base: modelFolder(norms(1)), tuned: modelFolder(norms(9)) };
  const { order, write } = await adapterEngine(models);
  const made = await write(order({}, { extraction: { parts: ['other'], rest: 'write vectors' } }));
  const saved = [...made.tensors.keys()].filter((name) => name.includes('.bn.'));
  expect(saved.toSorted()).toEqual(
    Object.keys(norms(1))
      .filter((name) => name.startsWith('bn.'))
      .map((name) => `base_model.model.${name}`)
      .toSorted(),
  );
  expect(made.tensors.get('base_model.model.bn.num_batches_tracked')!.values).toEqual([7]);
});
