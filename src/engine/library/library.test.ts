import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decode } from '../../testing/encode.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { f32, modelFile } from '../../testing/model-file.ts';
import { Library } from './library.ts';

const text = (value: string) => new TextEncoder().encode(value);

function sharded() {
  const shard = (n: number) => `my/model-0000${n}-of-00002.safetensors`;
  return [
    memorySource(shard(2), modelFile({ b: f32([1]) })),
    memorySource('my/config.json', text('{"model_type":"llama"}')),
    memorySource(shard(1), modelFile({ a: f32([2]) })),
    memorySource('my/extra/config.json', text('{"model_type":"other"}')),
  ];
}

test('weight files are found by their place in the model, whatever the order of the drop', async () => {
  const library = new Library();
  const model = await library.open('m', 'my', sharded());
  expect(model.files.map(({ name }) => name)).toEqual([
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
  ]);
  for (const [file, { name }] of model.files.entries()) {
    expect(library.weights('m', file).name).toBe(`my/${name}`);
  }
});

test('a companion is the one beside the weights', async () => {
  const library = new Library();
  await library.open('m', 'my', sharded());
  expect(library.companion('m', 'config.json').name).toBe('my/config.json');
});

test.each([
  ['a model that was never opened', (library: Library) => library.weights('x', 0)],
  ['a weight file it does not have', (library: Library) => library.weights('m', 5)],
  ['a companion it does not have', (library: Library) => library.companion('m', 'vocab.txt')],
])('%s is refused', async (_, ask) => {
  const library = new Library();
  await library.open('m', 'my', sharded());
  expect(() => ask(library)).toThrow(expect.objectContaining({ tag: 'not-open' }));
});

test('tensors that a torch file has in another order are a second file, in order', async () => {
  const library = new Library();
  const bytes = readFileSync('src/testing/torch-files/strided.bin');
  const config = { peft_type: 'LORA', r: 2, lora_alpha: 2, target_modules: ['q', 'k'] };
  const { adapter } = await library.open('m', 'my', [
    memorySource('my/adapter_model.bin', bytes),
    memorySource('my/adapter_config.json', text(JSON.stringify(config))),
  ]);
  const a = adapter!.updates
    .flatMap(({ inputs }) => inputs)
    .find(({ name }) => name.endsWith('q.lora_A.weight'))!;
  const read = await library.weights('m', a.file).read(a.begin, a.end);
  // The first two columns of 1, 2, … 48 in rows of eight, over 8, turned.
  const expected = [1, 9, 17, 25, 33, 41, 2, 10, 18, 26, 34, 42].map((value) => value / 8);
  expect(decode(read, 'F32')).toEqual(expected);
});

test('a closed model is gone', async () => {
  const library = new Library();
  await library.open('m', 'my', sharded());
  library.close('m');
  expect(() => library.weights('m', 0)).toThrow('m is not open');
});

test('closing a model ends what is read ahead of it', async () => {
  const bytes = modelFile({ a: f32([1_000]) });
  const ended: number[] = [];
  const far = {
    ...memorySource('m.safetensors', bytes),
    ahead: 1_000,
    read: (begin: number, end: number, signal?: AbortSignal) => {
      if (end - begin !== 1_000) return memorySource('m', bytes).read(begin, end);
      signal?.addEventListener('abort', () => ended.push(begin));
      return new Promise<never>(() => {});
    },
  };
  const library = new Library();
  await library.open('m', 'm', [far]);
  const file = library.weights('m', 0);
  await file.read(0, 10);
  void file.read(10, 20);
  library.close('m');
  expect(ended).toEqual([1_010]);
});
