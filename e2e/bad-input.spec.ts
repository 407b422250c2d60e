import type { Page } from '@playwright/test';
import { bf16, f32, modelFile, type TestTensor } from '../src/testing/model-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { type Files, names, rawFile, tinyTensors, weightsOnly } from './fixtures/model-folder.ts';
import { jsonOf, outputOf, weightsOf } from './fixtures/output-folder.ts';
import { privateStorage } from './fixtures/private-storage.ts';
import { test as onNewPage } from './fixtures/test.ts';
import { headerOf, valuesOf } from './fixtures/weights.ts';
import { expectFinding } from './pages/findings.ts';

const whole = modelFile(tinyTensors());
const entry = (begin: number, end: number, more: object = {}) => ({
  dtype: 'F32',
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
  ...more,
});

test.describe('a weight file that cannot be read', () => {
  type Case = { readonly about: string; readonly file: Uint8Array; readonly says: string };

  const cases: readonly Case[] = [
    {
      about: 'is cut short',
      file: whole.slice(0, -10),
      says: `found ${4 * (5 * 2 + 4 * 2 + 3 * 4 + 4) - 10} bytes of tensor data; expected ${4 * (5 * 2 + 4 * 2 + 3 * 4 + 4)}, as the header says. The file is incomplete: download or save it again.`,
    },
    {
      about: 'is empty',
      file: new Uint8Array(0),
      says: 'found 0 bytes; expected at least 8. The file is incomplete',
    },
    {
      about: 'ends inside its header',
      file: whole.slice(0, 100),
      says: 'expected at most 100, the size of the file. The file is incomplete',
    },
    {
      about: 'lies about the size of a tensor',
      file: rawFile({ 'a.weight': entry(0, 16, { shape: [3] }) }, 16),
      says: 'tensor "a.weight": found 16 bytes; expected 12 for F32 of shape [3]. The program that wrote this file has a fault',
    },
    {
      about: 'has tensors that overlap',
      file: rawFile({ 'a.weight': entry(0, 16), 'b.weight': entry(8, 24) }, 24),
      says: 'tensor "b.weight": found data from byte 8; expected from byte 16.',
    },
    {
      about: 'has a hole between tensors',
      file: rawFile({ 'a.weight': entry(0, 8), 'b.weight': entry(12, 24) }, 24),
      says: 'tensor "b.weight": found data from byte 12; expected from byte 8.',
    },
    {
      about: 'has bytes after the last tensor',
      file: rawFile({ 'a.weight': entry(0, 8) }, 20),
      says: 'found 12 bytes after the last tensor; expected none.',
    },
    {
      about: 'names a tensor twice',
      file: rawFile(`{"a":${JSON.stringify(entry(0, 8))},"a":${JSON.stringify(entry(0, 8))}}`, 8),
      says: 'found the key "a" twice; expected each name once.',
    },
    {
      about: 'has a dtype nobody knows',
      file: rawFile({ a: entry(0, 8, { dtype: 'F12' }) }, 8),
      says: 'tensor "a": found dtype "F12"; expected one of',
    },
    {
      about: 'has a header that is no JSON',
      file: rawFile('{"a": oops', 0),
      says: 'expected a JSON object. This is not a safetensors file, or it is damaged',
    },
    {
      about: 'is a web page',
      file: Buffer.from('<!DOCTYPE html><html><body>Please log in to download.</body></html>'),
      says: 'found a web page; expected a safetensors file. The download saved an error or login page',
    },
    {
      about: 'is a Git LFS pointer',
      file: Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n'),
      says: 'Fetch the real file: run "git lfs pull" in the folder',
    },
    {
      about: 'is a pickle under another name',
      file: Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(60, 0xff)]),
      says: 'found a zip archive, as PyTorch writes for .bin, .pt and .ckpt; expected a safetensors file. Convert it',
    },
  ];

  for (const half of [0, 1]) {
    const some = cases.filter((_, index) => index % 2 === half);
    test(`is named with what is wrong when it ${some.map(({ about }) => about).join(', ')}`, async ({
      page,
      workbench,
      onDisk,
    }) => {
      await page.goto('/');
      await expect(workbench.recipe.experts).toHaveCount(3);
      const folders = Object.fromEntries(
        some.map(({ file }, n): [string, Files] => [`odd-${n}`, { 'model.safetensors': file }]),
      );
      await workbench.drop(await onDisk({ 'tiny-base': weightsOnly(tinyTensors()), ...folders }));
      await workbench.showTab('Checks');
      for (const [n, { says }] of some.entries()) {
        const message = `odd-${n}/model.safetensors`;
        const card = workbench.findings.filter({ hasText: `could not be opened odd-${n}` });
        await expect(card).toContainText(message);
        await expect(card).toContainText(says);
        await expect(workbench.recipe.expert(`odd-${n}`).getByRole('alert')).toContainText(says);
      }
      await expect(workbench.run.merge).toBeDisabled();
    });
  }
});

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
      about: 'a LoRA adapter',
      files: {
        'adapter_config.json': '{"peft_type":"LORA"}',
        'adapter_model.safetensors': modelFile({ 'a.lora_A.weight': f32([2, 4]) }),
      },
      says: ['found a LoRA adapter.', 'merge it into its base with PEFT first (merge_and_unload)'],
    },
    {
      about: 'shards that are not all there',
      files: { 'model-00001-of-00003.safetensors': whole },
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

test('an adapter that is known by its tensors alone is refused where it was opened', async ({
  workbench,
  onDisk,
}) => {
  const lora = 'lora_unet_mid_block_attentions_0_proj_in';
  const style = modelFile({
    [`${lora}.alpha`]: f32([1]),
    [`${lora}.lora_down.weight`]: f32([2, 4]),
    [`${lora}.lora_up.weight`]: f32([4, 2]),
  });
  await workbench.open();
  await workbench.drop(await onDisk({ odd: { 'style.safetensors': style } }));
  await workbench.showTab('Checks');
  await expect(workbench.findings.filter({ hasText: 'could not be opened' })).toContainText([
    'style.safetensors: found a LoRA adapter: 3 of 3 tensors',
  ]);
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

test('merges scalars and empty tensors like any other', async ({ workbench, onDisk }) => {
  const odd = (value: number): Record<string, TestTensor> => ({
    scale: f32([], [value]),
    'empty.weight': f32([0, 4]),
    'one.weight': bf16([1], [value / 2]),
  });
  await workbench.open();
  await workbench.drop(
    await onDisk({ 'tiny-base': weightsOnly(odd(2)), 'tiny-one': weightsOnly(odd(6)) }),
  );
  await workbench.method.setField('λ', '0.5');
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  const weights = await weightsOf(workbench);
  expect(await valuesOf(weights)).toEqual({ scale: [4], 'empty.weight': [], 'one.weight': [2] });
  const shapes = (await headerOf(weights)).tensors.map(({ name, shape }) => [name, shape]);
  expect(Object.fromEntries(shapes)).toEqual({
    scale: [],
    'empty.weight': [0, 4],
    'one.weight': [1],
  });
});

test('names the tensors in which a model has NaN', async ({ workbench, onDisk }) => {
  const broken = { ...tinyTensors(1), [names.norm]: f32([4], [1, Number.NaN, 3, 4]) };
  await workbench.open();
  await workbench.drop(
    await onDisk({ 'tiny-base': weightsOnly(tinyTensors()), 'tiny-one': weightsOnly(broken) }),
  );
  await expect(workbench.recipe.experts).toHaveText(['tiny-one']);
  await workbench.merge();
  await expect(workbench.result.verdict).toHaveText('Written, but the check found problems.');
  await expect(workbench.result.panel).toContainText(
    'model.norm.weight holds 1 NaN value; the input had them',
  );
  await expect(workbench.result.figure('NaN or infinite')).toHaveText('1');
  const report = jsonOf((await outputOf(workbench))['amalgam-verify.json']);
  expect(report).toMatchObject({ ok: false, nan: 1, infinite: 0 });
});

test('counts the values that an f16 output cannot hold', async ({ workbench, onDisk }) => {
  const large = { ...tinyTensors(), [names.norm]: f32([4], [70_000, -80_000, 1, 65_504]) };
  await workbench.open();
  await workbench.drop(
    await onDisk({ 'tiny-base': weightsOnly(tinyTensors()), 'tiny-one': weightsOnly(large) }),
  );
  await workbench.method.setField('λ', '1');
  await workbench.method.unfold('Output');
  await workbench.method.radio('Output precision', 'F16').check({ force: true });
  await workbench.showTab('Checks');
  await expectFinding(workbench, {
    severity: 'note',
    message: 'written as F16, whose largest value is 65,504',
    advice: 'Weights are rarely that large.',
  });
  await workbench.merge();
  await expect(workbench.result.figure('Saturated')).toHaveText('2');
  const { [names.norm]: norm } = await valuesOf(await weightsOf(workbench));
  expect(norm).toEqual([65_504, -65_504, 1, 65_504]);
});

test('fails when the merge changed nothing', async ({ workbench, onDisk }) => {
  await workbench.open();
  await workbench.drop(
    await onDisk({
      'tiny-base': weightsOnly(tinyTensors()),
      'tiny-same': weightsOnly(tinyTensors()),
    }),
  );
  await expect(workbench.recipe.experts).toHaveText(['tiny-same']);
  await workbench.merge();
  await expect(workbench.result.verdict).toHaveText('Written, but the check found problems.');
  await expect(workbench.result.panel).toContainText('nothing changed');
});

onNewPage(
  'says before the run that there is no room, and what to do',
  async ({ page, workbench }) => {
    await workbench.open();
    // Chromium's estimate does not tell of a quota that is set from outside.
    await page.evaluate(() => {
      navigator.storage.estimate = async () => ({ quota: 200_000, usage: 0 });
    });
    const alert = await workbench.mergeInVain();
    await expect(alert).toContainText(
      /The merge writes 1\.6\d MB to private storage; the browser says/,
    );
    await expect(alert).toContainText('choose a smaller dtype');
    await expect(workbench.run.outlook).toHaveText('1 problem to fix');
    await expect(workbench.run.merge).toBeDisabled();
    await workbench.showTab('Checks');
    await expect(workbench.findings.first()).toContainText('are free for this page');
    await expect(page.getByRole('tabpanel')).not.toContainText('Ready to merge');
    expect(await privateStorage(page, 'merges')).toEqual({});
  },
);

onNewPage('says that the room ran out, and leaves nothing behind', async ({ page, workbench }) => {
  // A browser that promises more than it has.
  await page.addInitScript(() => {
    navigator.storage.estimate = async () => ({ quota: 2 ** 40, usage: 0 });
  });
  await workbench.open();
  await limitRoom(page);
  const alert = await workbench.mergeInVain();
  await expect(alert).toContainText(
    /to model\.safetensors failed: model\.safetensors: no room left/,
  );
  await expect(alert).toContainText('Free some space on');
  expect(await privateStorage(page, 'merges')).toEqual({});
});

async function limitRoom(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(page.url()).origin,
    quotaSize: 200_000,
  });
}
