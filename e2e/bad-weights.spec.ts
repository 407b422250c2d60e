import { modelFile } from '../src/testing/model-file.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { type Files, rawFile, tinyTensors, weightsOnly } from './fixtures/model-folder.ts';

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
      says: 'found an empty file; expected a safetensors file, 8 bytes at least. It was not saved or not downloaded to its end',
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
