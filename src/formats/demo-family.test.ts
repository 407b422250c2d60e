import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memorySource } from '../testing/memory-source.ts';
import { configFacts } from './config.ts';
import { openModel } from './open-model.ts';
import { readHeader } from './safetensors/header.ts';
import { layOut, writeIndex } from './safetensors/write.ts';

/** Files that the safetensors crate, torch and transformers wrote. */
const demo = join(import.meta.dirname, '../../public/demo');
const filesOf = (folder: string) =>
  readdirSync(join(demo, folder)).map((name) =>
    memorySource(`${folder}/${name}`, readFileSync(join(demo, folder, name))),
  );

test('the demo base opens: two shards, an index, config and tokenizer', async () => {
  const model = await openModel('base', 'base', filesOf('base'));
  expect(model.files.map(({ name }) => name)).toEqual([
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
  ]);
  const facts = configFacts(model.config!);
  expect(facts).toMatchObject({ modelType: 'llama', tiesEmbeddings: true, dtype: 'bfloat16' });
  const embedding = model.tensors.get('model.embed_tokens.weight');
  expect(embedding?.shape).toEqual([facts.vocabSize, facts.hiddenSize]);
  expect(model.companions.map(({ name }) => name)).toContain('tokenizer.json');
});

test('our headers are, byte for byte, those the safetensors crate wrote', async () => {
  const weights = filesOf('base').filter(({ name }) => name.endsWith('.safetensors'));
  expect(weights).toHaveLength(2);
  for (const file of weights) {
    const { tensors, metadata, byteLength } = await readHeader(file);
    const layout = layOut(tensors.toReversed(), metadata);
    expect(layout.header).toEqual(await file.read(0, byteLength));
    expect(layout.byteLength).toBe(file.size);
  }
});

test('our index maps and counts as the one transformers wrote', async () => {
  const files = filesOf('base');
  const weights = files.filter(({ name }) => name.endsWith('.safetensors'));
  const shards = await Promise.all(
    weights.map(async (file) => ({
      name: file.name.slice('base/'.length),
      tensors: (await readHeader(file)).tensors,
    })),
  );
  const index = readFileSync(join(demo, 'base/model.safetensors.index.json'), 'utf8');
  const theirs = JSON.parse(index);
  const ours = JSON.parse(writeIndex(shards));
  expect(ours.weight_map).toEqual(theirs.weight_map);
  expect(ours.metadata.total_size).toBe(theirs.metadata.total_size);
});
