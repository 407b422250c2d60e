import { describe, expect, test } from 'vitest';
import { countingSource, memorySource } from '../testing/memory-source.ts';
import { bf16, f32, modelFile } from '../testing/model-file.ts';
import { storedOf } from './model.ts';
import { openModel } from './open-model.ts';

const textFile = (name: string, text: string) => memorySource(name, new TextEncoder().encode(text));
const one = modelFile({ a: f32([2, 3]), b: bf16([4]) }, { format: 'pt' });
const single = memorySource('m/model.safetensors', one);

test('a model is its tensors, config, companions and metadata', async () => {
  const model = await openModel('id1', 'Tiny', [
    textFile('m/config.json', '{"model_type":"llama"}'),
    textFile('m/merges.txt', 'abc'),
    textFile('m/README.md', '# no companion'),
    memorySource('m/tokenizer.model', new Uint8Array([0x61, 0x62, 0x63])),
    single,
  ]);
  const start = one.length - 32;
  expect(model).toEqual({
    id: 'id1',
    name: 'Tiny',
    files: [{ name: 'model.safetensors', size: one.length, component: '' }],
    tensors: new Map([
      ['a', { name: 'a', dtype: 'F32', shape: [2, 3], file: 0, begin: start, end: start + 24 }],
      ['b', { name: 'b', dtype: 'BF16', shape: [4], file: 0, begin: start + 24, end: start + 32 }],
    ]),
    quantised: { read: [], unreadable: [], leftOut: [], declared: null },
    adapter: null,
    config: { model_type: 'llama' },
    components: [{ name: '', config: { model_type: 'llama' } }],
    leftOut: [{ name: 'README.md', size: 14, reason: 'a model card; the output gets its own' }],
    remarks: [],
    companions: [
      {
        name: 'config.json',
        size: 22,
        digests: [
          'sha256:fd11fd11fceeb9df51a63f347cec3af4051d086fccb030e78777a83a4d3289e8',
          'git:0972e95c1405cc1507c19dcbe784f7a36c930907',
        ],
        text: '{"model_type":"llama"}',
      },
      {
        name: 'merges.txt',
        size: 3,
        digests: [
          'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
          'git:f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f',
        ],
        text: null,
      },
      {
        name: 'tokenizer.model',
        size: 3,
        digests: [
          'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
          'git:f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f',
        ],
        text: null,
      },
    ],
    metadata: { format: 'pt' },
  });
});

test('the text of config.json is its bytes, byte order mark included', async () => {
  const config = textFile('m/config.json', '\uFEFF{}');
  const model = await openModel('x', 'x', [config, single]).catch((error: unknown) => error);
  // A mark is not JSON; what matters is that it was not dropped on the way.
  expect(model).toMatchObject({ name: 'FormatError', context: { file: 'config.json' } });
});

test('a file whose content is known by name is not read, but for config.json', async () => {
  const known = (name: string, text: string) =>
    countingSource({ ...textFile(name, text), digests: ['git:1234'] });
  const [config, merges] = [known('m/config.json', '{}'), known('m/merges.txt', 'a b')];
  const model = await openModel('x', 'x', [config, merges, single]);
  expect([config.reads.length, merges.reads.length]).toEqual([1, 0]);
  expect(model.companions).toEqual([
    { name: 'config.json', size: 2, digests: ['git:1234'], text: '{}' },
    { name: 'merges.txt', size: 3, digests: ['git:1234'], text: null },
  ]);
});

test('a weight file is read at most twice, and only at its head', async () => {
  const big = modelFile({ w: f32([600_000]) });
  const source = countingSource(memorySource('model.safetensors', big));
  await openModel('x', 'x', [source]);
  expect(source.reads).toHaveLength(1);
  expect(source.bytesRead()).toBeLessThanOrEqual(512 * 1024);
});

describe('shards', () => {
  const shard = (k: number, name: string) =>
    memorySource(
      `m/model-0000${k}-of-00002.safetensors`,
      modelFile({ [name]: f32([k]) }, { shard: String(k), [name]: 'here' }),
    );
  const index = (map: Record<string, string>) =>
    textFile('m/model.safetensors.index.json', JSON.stringify({ weight_map: map }));

  test('become one model, in order of number', async () => {
    const map = { y: 'model-00001-of-00002.safetensors', x: 'model-00002-of-00002.safetensors' };
    const model = await openModel('x', 'x', [shard(2, 'x'), shard(1, 'y'), index(map)]);
    expect(
      [...model.tensors.values()].flatMap(storedOf).map(({ name, file }) => [name, file]),
    ).toEqual([
      ['y', 0],
      ['x', 1],
    ]);
    expect(model.files.map(({ name }) => name)).toEqual(Object.values(map));
    expect(model.metadata).toEqual({ shard: '1', x: 'here', y: 'here' });
  });

  describe('a hundred of them', () => {
    const count = 100;
    const numbers = Array.from({ length: count }, (_, i) => i + 1);
    /** The first take the longest. */
    function farAway(fails: (k: number) => boolean = () => false) {
      const seen = { inFlight: 0, most: 0, reads: 0 };
      const files = numbers.map((k) => {
        const name = `model-${String(k).padStart(5, '0')}-of-00100.safetensors`;
        const inner = memorySource(name, modelFile({ [`t${k}`]: f32([1]) }));
        return {
          ...inner,
          async read(begin: number, end: number, signal?: AbortSignal) {
            seen.reads += 1;
            seen.inFlight += 1;
            seen.most = Math.max(seen.most, seen.inFlight);
            await new Promise((resolve) => setTimeout(resolve, k < 9 ? 20 - k : 1));
            seen.inFlight -= 1;
            if (fails(k)) throw new Error(`shard ${k} is gone`);
            return inner.read(begin, end, signal);
          },
        };
      });
      return { files, seen };
    }

    test('are read eight at a time, and stay in order', async () => {
      const { files, seen } = farAway();
      const model = await openModel('x', 'x', files);
      expect(seen.most).toBe(8);
      expect(
        [...model.tensors.values()].flatMap(storedOf).map(({ name, file }) => [name, file]),
      ).toEqual(numbers.map((k) => [`t${k}`, k - 1]));
    });

    test('are left alone once one fails', async () => {
      const { files, seen } = farAway((k) => k === 3);
      await expect(openModel('x', 'x', files)).rejects.toThrow('shard 3 is gone');
      const { reads } = seen;
      await new Promise((resolve) => setTimeout(resolve, 40));
      expect(seen.reads).toBe(reads);
      expect(reads).toBeLessThan(count);
    });
  });

  test('are what counts where the index says otherwise, and that is remarked', async () => {
    const map = { y: 'model-00002-of-00002.safetensors' };
    const model = await openModel('x', 'x', [shard(2, 'x'), shard(1, 'y'), index(map)]);
    expect([...model.tensors.keys()]).toEqual(['y', 'x']);
    expect(model.remarks[0]).toBe(
      'model.safetensors.index.json: y lie in another shard than the index says',
    );
  });

  test('of one tensor in two of them, the index says which is taken', async () => {
    const [one, two] = [1, 2].map((k) => `model-0000${k}-of-00002.safetensors`);
    const model = await openModel('x', 'x', [
      shard(1, 'w'),
      shard(2, 'w'),
      index({ w: two, v: one }),
    ]);
    expect(model.tensors.get('w')).toMatchObject({ file: 1, shape: [2] });
  });

  test('that hold one tensor twice are refused, index or not', async () => {
    const opening = openModel('x', 'x', [shard(1, 'same'), shard(2, 'same')]);
    await expect(opening).rejects.toMatchObject({ tag: 'duplicate-tensor' });
  });
});

describe('what is refused', () => {
  test('a config that is not JSON, with the place', async () => {
    const opening = openModel('x', 'x', [textFile('m/config.json', '{"a":1,}'), single]);
    await expect(opening).rejects.toMatchObject({
      tag: 'bad-config',
      context: { found: 'invalid JSON at line 1, column 8: expected a string in double quotes' },
    });
  });

  test('files that are no model', async () => {
    await expect(openModel('x', 'x', [textFile('a.bin', '')])).rejects.toMatchObject({
      tag: 'pickle',
    });
  });

  test('the files of two models', async () => {
    const opening = openModel('x', 'x', [single, memorySource('n/model.safetensors', one)]);
    await expect(opening).rejects.toMatchObject({ tag: 'several-models' });
  });

  test.each([
    ['no tensors', modelFile({}), 'no-tensors'],
    ['nothing in it', new Uint8Array(), 'too-short'],
  ])('a file of %s, by its own name', async (_, bytes, tag) => {
    const files = [memorySource('m/model.safetensors', bytes)];
    await expect(openModel('x', 'x', files)).rejects.toMatchObject({
      tag,
      context: { file: 'm/model.safetensors', advice: expect.not.stringContaining('fault') },
    });
  });

  test.each([
    ['\uFEFF{}', 'a byte order mark in front of its JSON'],
    ['', 'an empty file'],
    ['{}\0\0', 'NUL bytes in its text'],
  ])('a config.json of %j: found %s', async (text, found) => {
    const files = [single, textFile('m/config.json', text)];
    await expect(openModel('x', 'x', files)).rejects.toMatchObject({ context: { found } });
  });

  test('a config.json in UTF-16, as some shells write it', async () => {
    const utf16 = new Uint8Array(Uint16Array.from([...'\uFEFF{}'], (c) => c.charCodeAt(0)).buffer);
    const files = [single, memorySource('m/config.json', utf16)];
    await expect(openModel('x', 'x', files)).rejects.toMatchObject({
      context: { file: 'config.json', found: 'text that is not UTF-8' },
    });
  });
});

test('a file too large to be copied is left out, and never read', async () => {
  const vast = countingSource({ ...textFile('m/tokenizer.json', ''), size: 65 * 2 ** 20 });
  const model = await openModel('x', 'x', [vast, single]);
  expect(vast.reads).toEqual([]);
  expect(model.companions).toEqual([]);
  expect(model.leftOut).toMatchObject([{ name: 'tokenizer.json', matters: true }]);
});

describe('a model of components', () => {
  const pipeline = { _class_name: 'P', unet: ['diffusers', 'U'], vae: ['diffusers', 'V'] };
  const files = [
    textFile('p/model_index.json', JSON.stringify(pipeline)),
    textFile('p/unet/config.json', '{"_class_name":"U"}'),
    memorySource('p/unet/diffusion_pytorch_model.safetensors', modelFile({ w: f32([2]) })),
    memorySource('p/vae/diffusion_pytorch_model.safetensors', modelFile({ w: f32([3]) })),
  ];

  test('knows its tensors by component and name', async () => {
    const model = await openModel('x', 'x', files);
    expect(
      [...model.tensors.values()]
        .flatMap(storedOf)
        .map(({ name, shape, file }) => [name, shape, file]),
    ).toEqual([
      ['unet/w', [2], 0],
      ['vae/w', [3], 1],
    ]);
    expect(model.files.map(({ name, component }) => [name, component])).toEqual([
      ['unet/diffusion_pytorch_model.safetensors', 'unet'],
      ['vae/diffusion_pytorch_model.safetensors', 'vae'],
    ]);
    expect(model.config).toBeNull();
    expect(model.components).toEqual([
      { name: 'unet', config: { _class_name: 'U' } },
      { name: 'vae', config: null },
    ]);
    expect(model.companions.map(({ name }) => name)).toEqual([
      'model_index.json',
      'unet/config.json',
    ]);
  });
});
