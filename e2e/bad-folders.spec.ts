import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bf16, f32, modelFile } from '../src/testing/model-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { type Files, names, tinyTensors, weightsOnly } from './fixtures/model-folder.ts';

test.describe('files that are no models', () => {
  type Case = { readonly about: string; readonly files: Files; readonly says: readonly string[] };

  const cases: readonly Case[] = [
    {
      about: 'a pickled checkpoint',
      files: { 'pytorch_model.bin': 'x', 'config.json': '{}' },
      says: [
        'odd/pytorch_model.bin: found a Python pickle, which can run code when it is opened.',
        'Convert it to safetensors',
      ],
    },
    {
      about: 'a PyTorch file',
      files: { 'model.pt': 'x' },
      says: ['odd/model.pt: found a Python pickle', 'call save_pretrained'],
    },
    {
      about: 'a GGUF file',
      files: { 'model-q4.gguf': 'GGUF' },
      says: [
        'odd/model-q4.gguf: found a GGUF file, made for running and mostly quantised.',
        'Take the safetensors files of the same model.',
      ],
    },
    {
      about: 'shards that are not all there',
      files: { 'model-00001-of-00003.safetensors': modelFile(tinyTensors()) },
      says: [
        'found no model-00002-of-00003.safetensors, model-00003-of-00003.safetensors.',
        'drop the whole folder, with every shard',
      ],
    },
    {
      about: 'an archive',
      files: { 'model.zip': 'PK' },
      says: ['odd/model.zip: found an archive.', 'Unpack it first, and drop the folder.'],
    },
    {
      about: 'a folder without weights',
      files: { 'notes.txt': 'hello', 'config.json': '{}' },
      says: ['but no weights.', 'Drop the folder that holds the weights.'],
    },
  ];

  test(`are refused with what to do: ${cases.map(({ about }) => about).join(', ')}`, async ({
    workbench,
    onDisk,
  }, testInfo) => {
    await workbench.open();
    for (const { files, says } of cases) {
      const folder = `case-${testInfo.annotations.length}`;
      testInfo.annotations.push({ type: folder, description: says[0] });
      const [path] = await onDisk({ [`${folder}/odd`]: files });
      await workbench.drop([path]);
      for (const words of says) await expect(workbench.refused).toContainText(words);
      await workbench.refused.getByRole('button', { name: 'Dismiss' }).click();
      await expect(workbench.refused).toHaveCount(0);
    }
    // The demo is still there and can be merged.
    await expect(workbench.recipe.experts).toHaveText(['Reverse', 'Sort', 'Add']);
    await expect(workbench.run.merge).toBeEnabled();
  });
});

test('names the shard that an index asks for and nobody has', async ({ workbench, onDisk }) => {
  const index = (shard: string) =>
    JSON.stringify({ weight_map: { [names.norm]: shard, [names.query]: 'gone.safetensors' } });
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  await workbench.open();
  await workbench.drop(
    await onDisk({
      odd: {
        [shards[0]]: modelFile({ [names.norm]: f32([4]) }),
        [shards[1]]: modelFile({ [names.query]: bf16([4, 4]) }),
        'model.safetensors.index.json': index(shards[0]),
      },
    }),
  );
  await workbench.showTab('Checks');
  await expect(workbench.findings).toContainText([
    'odd/model.safetensors.index.json: found no gone.safetensors; expected all 2 files the index names.',
  ]);
});

test('refuses an index that leads out of its folder', async ({ workbench, onDisk }) => {
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  await workbench.open();
  await workbench.drop(
    await onDisk({
      odd: {
        [shards[0]]: modelFile({ a: f32([4]) }),
        [shards[1]]: modelFile({ b: f32([4]) }),
        'model.safetensors.index.json': JSON.stringify({
          weight_map: { a: '../secret.safetensors', b: shards[1] },
        }),
      },
    }),
  );
  await workbench.showTab('Checks');
  await expect(workbench.findings).toContainText([
    'tensor "a": found the file name "../secret.safetensors"; expected the plain name of a .safetensors file beside the index.',
  ]);
});

test('says of folders of links what happened and what helps, beside a good folder too', async ({
  workbench,
  onDisk,
}) => {
  const blob = 'ab'.repeat(32);
  const [blobs, good] = await onDisk({
    'models--org--tiny/blobs': { [blob]: modelFile(tinyTensors()) },
    'good-base': weightsOnly(tinyTensors()),
  });
  const cache = dirname(blobs);
  const snapshot = join(cache, 'snapshots', '0a1b2c');
  await mkdir(snapshot, { recursive: true });
  await symlink(`../../blobs/${blob}`, join(snapshot, 'model.safetensors'));

  await workbench.open();
  await workbench.drop([cache, good]);
  await expect(workbench.recipe.base('good-base')).toContainText('safetensors');
  await expect(workbench.refused).toContainText('browsers leave links out of a folder');
  await expect(workbench.refused).toContainText('hf download org/tiny --local-dir tiny');

  await workbench.drop([snapshot]);
  await expect(workbench.refused).toContainText('0a1b2c: found a folder without files');
  await expect(workbench.refused).toContainText('Files…');
});

test('opens weights whose ending is in upper case', async ({ workbench, onDisk }) => {
  await workbench.open();
  await workbench.drop(
    await onDisk({ 'loud-base': { 'MODEL.SAFETENSORS': modelFile(tinyTensors()) } }),
  );
  await expect(workbench.recipe.base('loud-base')).toContainText('safetensors');
});
