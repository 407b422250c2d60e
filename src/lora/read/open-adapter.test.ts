import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decode } from '../../testing/encode.ts';
import { countingSource, memorySource } from '../../testing/memory-source.ts';
import { bf16, f16, f32, i64, modelFile, type TestTensor } from '../../testing/model-file.ts';
import { dict, type Strided, storage, tensor } from '../../testing/pickle.ts';
import { refused } from '../../testing/refused.ts';
import { torchSource } from '../../testing/torch-file.ts';
import { openAdapter } from './open-adapter.ts';

const textFile = (name: string, text: string) => memorySource(name, new TextEncoder().encode(text));
const config = JSON.stringify({
  ...{ peft_type: 'LORA', r: 2, lora_alpha: 4, target_modules: ['q'] },
  base_model_name_or_path: 'org/base',
});
const configFile = (folder = 'm/') => textFile(`${folder}adapter_config.json`, config);
const factors = {
  'base_model.model.q.lora_A.weight': bf16([2, 3]),
  'base_model.model.q.lora_B.weight': bf16([4, 2]),
};
const weights = (name: string, tensors: Readonly<Record<string, TestTensor>> = factors) =>
  memorySource(name, modelFile(tensors, { format: 'pt' }));

test('a folder of PEFT is an adapter without tensors of its own', async () => {
  const model = await openAdapter('id', 'Mine', [
    textFile('m/README.md', '# card'),
    configFile(),
    textFile('m/tokenizer.json', '{}'),
    weights('m/adapter_model.safetensors'),
  ]);
  expect(model).toMatchObject({
    ...{ id: 'id', name: 'Mine', config: null, remarks: [], metadata: { format: 'pt' } },
    components: [{ name: '', config: null }],
    quantised: { read: [], unreadable: [], leftOut: [], declared: null },
    leftOut: [{ name: 'README.md' }],
  });
  expect([...model.tensors]).toEqual([]);
  expect(model.files.map(({ name }) => name)).toEqual(['adapter_model.safetensors']);
  expect(model.companions.map(({ name }) => name)).toEqual(['tokenizer.json']);
  const { updates, base, unread } = model.adapter!;
  expect(base).toEqual({ name: 'org/base', revision: null });
  expect(unread).toEqual([]);
  expect(updates).toHaveLength(1);
  expect(updates[0]).toMatchObject({ module: 'q', rows: 4, columns: 3, rank: 2, scale: 2 });
  const { size } = model.files[0];
  expect(updates[0].inputs).toEqual([
    {
      ...{ name: 'base_model.model.q.lora_B.weight', dtype: 'BF16', shape: [4, 2] },
      ...{ file: 0, begin: size - 16, end: size },
    },
    {
      ...{ name: 'base_model.model.q.lora_A.weight', dtype: 'BF16', shape: [2, 3] },
      ...{ file: 0, begin: size - 28, end: size - 16 },
    },
  ]);
});

describe('which file it is', () => {
  const opened = async (...names: readonly string[]) => {
    const files = names.map((name) => weights(name));
    return (await openAdapter('x', 'x', [configFile(), ...files])).files[0].name;
  };

  test('safetensors before the same as a pickle, whatever lies beside it', async () => {
    expect(await opened('m/adapter_model.bin', 'm/adapter_model.safetensors')).toBe(
      'adapter_model.safetensors',
    );
    expect(await opened('m/x.safetensors', 'm/adapter_model.safetensors')).toBe(
      'adapter_model.safetensors',
    );
    expect(await opened('m/mine.safetensors')).toBe('mine.safetensors');
  });

  test('none of several by names of their own, or in folders beside each other', async () => {
    const error = await refused(opened('m/a.safetensors', 'm/b.safetensors'));
    expect([error.tag, error.context.found]).toEqual([
      'several-models',
      '2 files of weights: m/a.safetensors, m/b.safetensors',
    ]);
    const two = ['m/a/adapter_model.safetensors', 'm/b/adapter_model.safetensors'];
    expect((await refused(opened(...two))).tag).toBe('several-models');
    expect((await refused(opened())).tag).toBe('no-model');
  });
});

describe('alpha', () => {
  test.each<[string, TestTensor, number]>([
    ['F32', f32([], [1.5]), 1.5],
    ['F16', f16([], [1.5]), 1.5],
    ['BF16', bf16([1], [1.5]), 1.5],
    ['I64', i64([], [-3]), -3],
  ])('is read in %s', async (_, alpha, expected) => {
    const file = weights('l.safetensors', {
      'lora_unet_x.alpha': alpha,
      'lora_unet_x.lora_down.weight': f16([1, 2]),
      'lora_unet_x.lora_up.weight': f16([2, 1]),
    });
    const { adapter } = await openAdapter('x', 'x', [file]);
    expect(adapter!.updates.map((update) => update.alpha)).toEqual([expected]);
  });

  test('takes one read where many lie near each other, and none of the factors far away', async () => {
    const modules = Array.from({ length: 40 }, (_, i) => `lora_unet_${i}`);
    const tensors = modules.flatMap((module, i): [string, TestTensor][] => [
      [`${module}.alpha`, f32([], [i + 1])],
      [`${module}.lora_down.weight`, f32([1, i === 20 ? 300_000 : 2])],
      [`${module}.lora_up.weight`, f32([i === 20 ? 1 : 2, 1])],
    ]);
    const source = countingSource(weights('l.safetensors', Object.fromEntries(tensors)));
    const { adapter } = await openAdapter('x', 'x', [source]);
    const alphas = adapter!.updates.map(({ alpha, module }) => [module, alpha]);
    expect(alphas.toSorted()).toEqual(modules.map((module, i) => [module, i + 1]).toSorted());
    expect(source.reads).toHaveLength(3); // the header, and the alphas before and behind the large factor
    expect(source.bytesRead()).toBeLessThan(600_000);
  });
});

describe('a torch file', () => {
  const file = (strided: Strided) => {
    const values = (count: number) =>
      new Uint8Array(Float32Array.from({ length: count }, (_, i) => i).buffer);
    const value = dict({
      'base_model.model.q.lora_A.weight': tensor(storage('FloatStorage', '0', 6), {
        size: [2, 3],
        stride: [3, 1],
      }),
      'base_model.model.q.lora_B.weight': tensor(storage('FloatStorage', '1', 8), strided),
    });
    return { ...torchSource(value, { 0: values(6), 1: values(8) }), name: 'm/adapter_model.bin' };
  };

  test('is read where its elements lie in order', async () => {
    const { adapter } = await openAdapter('x', 'x', [
      configFile(),
      file({ size: [4, 2], stride: [2, 1] }),
    ]);
    expect(adapter!.updates[0]).toMatchObject({ module: 'q', rows: 4, columns: 3, scale: 2 });
  });

  test('has tensors of another order put in order beside it, as torch reads them', async () => {
    const model = await openAdapter('x', 'x', [
      configFile(),
      file({ size: [4, 2], stride: [1, 4] }),
    ]);
    const [{ inputs }] = model.adapter!.updates;
    expect(inputs.map((input) => input.file)).toEqual([1, 0]);
    const [b] = inputs;
    const { held, ...second } = model.files[1];
    expect(second).toMatchObject({ name: 'adapter_model.bin, in order', size: 32 });
    expect(decode(held!.slice(b.begin, b.end), 'F32')).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
  });

  test('that real torch wrote, with views of one storage, has the numbers that torch has', async () => {
    const folder = 'src/testing/torch-files';
    const expected: Readonly<Record<string, { readonly bytes: string }>> = JSON.parse(
      readFileSync(`${folder}/expected.json`, 'utf8'),
    )['strided.bin'];
    const bytes = readFileSync(`${folder}/strided.bin`);
    const source = countingSource(memorySource('m/adapter_model.bin', bytes));
    const { adapter, files } = await openAdapter('x', 'x', [configFile(), source]);
    expect(adapter!.unread).toEqual([]);
    const shapes = adapter!.updates.map(({ module, rows, columns }) => [module, rows, columns]);
    expect(shapes.toSorted()).toEqual([
      ['layers.0.k', 2, 6],
      ['layers.0.q', 4, 6],
    ]);
    const found = adapter!.updates.flatMap(({ inputs }) => inputs);
    expect(found.map(({ name }) => name).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const { name, begin, end } of found) {
      const own = files[1].held!.subarray(begin, end);
      expect([name, Buffer.from(own).toString('hex')]).toEqual([name, expected[name].bytes]);
    }
  });

  test('whose repeated values would take more than the file is refused by name', async () => {
    const repeated = tensor(storage('FloatStorage', '0', 2), { size: [100, 2], stride: [0, 1] });
    const many = Array.from({ length: 12 }, (_, i) => [
      `base_model.model.q${i}.lora_B.weight`,
      repeated,
    ]);
    const source = torchSource(dict(Object.fromEntries(many)), { 0: new Uint8Array(8) });
    expect(source.size).toBeLessThan(12 * 800);
    const error = await refused(
      openAdapter('x', 'x', [configFile(), { ...source, name: 'm/adapter_model.bin' }]),
    );
    expect(error.context).toMatchObject({
      file: 'adapter_model.bin',
      tensor: expect.stringMatching(/^base_model\.model\.q\d+\.lora_B\.weight$/),
      found: expect.stringContaining('(strides 0, 1), with those before it more than the'),
    });
  });
});

describe('what cannot be opened', () => {
  const opened = (...files: Parameters<typeof openAdapter>[2]) =>
    refused(openAdapter('x', 'x', files));

  test.each<[string, Readonly<Record<string, TestTensor>>, string, string]>([
    ['an empty file', {}, 'no-tensors', 'no tensors'],
    [
      'nothing but another kind',
      { 'lora_unet_x.oft_blocks': f32([1, 2, 2]) },
      'adapter',
      'none of 1 tensors can be read',
    ],
    [
      'PEFT’s weights without their config',
      factors,
      'bad-config',
      'without its adapter_config.json',
    ],
  ])('%s', async (_, tensors, tag, found) => {
    const error = await opened(weights('m/adapter_model.safetensors', tensors));
    expect([error.tag, error.context.file]).toEqual([tag, 'adapter_model.safetensors']);
    expect(error.context.found).toContain(found);
  });

  test.each([
    ['a config of another encoding', [0xff, 0xfe, 0x7b], 'text that is not UTF-8'],
    ['a config that breaks off', [0x7b], 'invalid JSON at line 1, column 2'],
  ])('%s', async (_, bytes, found) => {
    const broken = memorySource('m/adapter_config.json', Uint8Array.from(bytes));
    const error = await opened(broken, weights('m/adapter_model.safetensors'));
    expect([error.tag, error.context.file]).toEqual(['bad-config', 'adapter_config.json']);
    expect(error.context.found).toContain(found);
  });

  test('a config that is no config, by what it is', async () => {
    const vera = textFile('m/adapter_config.json', '{"peft_type": "VERA"}');
    const error = await opened(vera, weights('m/adapter_model.safetensors'));
    expect(error.context.found).toBe('a PEFT adapter of type VERA');
  });
});

test('opening stops when it is told to', async () => {
  const files = [configFile(), weights('m/adapter_model.safetensors')];
  await expect(openAdapter('x', 'x', files, AbortSignal.abort())).rejects.toThrow('abort');
});

test.each([
  ['add-lora', 16, 8 / Math.sqrt(16)],
  ['reverse-lora', 4, 16 / 4],
  ['sort-lora', 8, 16 / 8],
])('the demo’s %s has rank %d', async (name, rank, scale) => {
  const files = ['adapter_config.json', 'adapter_model.safetensors'].map((file) =>
    memorySource(`${name}/${file}`, readFileSync(`public/demo/${name}/${file}`)),
  );
  const { adapter } = await openAdapter(name, name, files);
  expect(adapter!.unread).toEqual([]);
  expect(adapter!.updates.length).toBeGreaterThan(10);
  for (const update of adapter!.updates) {
    expect(update).toMatchObject({ of: 'weight', type: 'LoRA', rank, scale });
    expect(update.module).toMatch(/^model\.layers\.\d+\.(?:mlp|self_attn)\.\w+_proj$/);
  }
});
