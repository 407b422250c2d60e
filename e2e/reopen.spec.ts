import { rm } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { bf16, modelFile } from '../src/testing/model-file.ts';
import { writeFolders } from './fixtures/model-folder.ts';
import { weightsOf } from './fixtures/output-folder.ts';
import { pickPrivateFolder } from './fixtures/private-storage.ts';
import { expect, test } from './fixtures/test.ts';
import { valuesOf } from './fixtures/weights.ts';
import type { Workbench } from './pages/workbench.ts';

/** Three models of one size, as fine-tunes of one base are. */
const fileOf = (shift: number) =>
  modelFile({
    'layers.0.a.weight': bf16(
      [2, 3],
      [1, 2, 3, 4, 5, 6].map((v) => v + shift),
    ),
  });
const family = { 'tiny-base': fileOf(0), math: fileOf(1), code: fileOf(2) };

/** Puts them where the folder picker will find them. */
async function putFamily(page: Page): Promise<void> {
  const files = Object.entries(family).map(([name, bytes]) => [name, [...bytes]] as const);
  await page.evaluate(async (all) => {
    const root = await navigator.storage.getDirectory();
    const picked = await root.getDirectoryHandle('picked', { create: true });
    for (const [name, bytes] of all) {
      const folder = await picked.getDirectoryHandle(name, { create: true });
      const handle = await folder.getFileHandle('model.safetensors', { create: true });
      const writable = await handle.createWritable();
      await writable.write(new Uint8Array(bytes));
      await writable.close();
    }
  }, files);
}

async function pickFamily(page: Page, workbench: Workbench): Promise<void> {
  await pickPrivateFolder(page, 'picked');
  await workbench.open();
  await putFamily(page);
  await workbench.recipe.add('A folder…');
  await expect(workbench.recipe.experts).toHaveText(['code', 'math']);
  await expect(workbench.run.merge).toBeEnabled();
}

/** From now on the browser asks before a page may read, and this is what its user answers. */
async function askFirst(page: Page, answer: 'granted' | 'denied'): Promise<void> {
  await page.addInitScript((said) => {
    let state: PermissionState = 'prompt';
    FileSystemHandle.prototype.queryPermission = async () => state;
    FileSystemHandle.prototype.requestPermission = async () => {
      state = said;
      return state;
    };
  }, answer);
}

/** Cards of models that wait for their files. */
const awaited = (page: Page) => page.getByRole('article').filter({ hasText: 'Not open.' });
const card = (page: Page) => page.getByRole('region', { name: 'Models of the last visit' });

test('models that may be read are open again after a reload', async ({ page, workbench }) => {
  await pickFamily(page, workbench);
  await page.reload();
  await expect(workbench.recipe.base('tiny-base')).toContainText('safetensors');
  await expect(workbench.recipe.experts).toHaveText(['code', 'math']);
  await expect(card(page)).toHaveCount(0);
  await workbench.merge();
});

test('where the browser asks, one press opens them all', async ({ page, workbench }) => {
  await pickFamily(page, workbench);
  await askFirst(page, 'granted');
  await page.reload();
  await expect(card(page)).toContainText('3 models of the last visit');
  await card(page).getByRole('button', { name: 'Open them again' }).click();
  await expect(card(page)).toHaveCount(0);
  await workbench.merge();
});

test('a no keeps the offer, and says what happened', async ({ page, workbench }) => {
  await pickFamily(page, workbench);
  await askFirst(page, 'denied');
  await page.reload();
  await card(page).getByRole('button').click();
  await expect(workbench.notice).toContainText('not allowed to read');
  await expect(card(page)).toBeVisible();
});

test('a model that is gone is awaited by name, and the others are open', async ({
  page,
  workbench,
}) => {
  await pickFamily(page, workbench);
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const picked = await root.getDirectoryHandle('picked');
    await picked.removeEntry('math', { recursive: true });
  });
  await page.reload();
  await expect(workbench.recipe.base('tiny-base')).toContainText('safetensors');
  await expect(page.getByRole('article', { name: 'Expert, math' })).toContainText(
    'Not open. Drop “math”',
  );
  await expect(card(page)).toHaveCount(0);
});

test('dropped folders are open after a reload; moved ones are recognised under any name, in any order', async ({
  page,
  workbench,
}, testInfo) => {
  const folders = await writeFolders(testInfo.outputPath('models'), {
    base: { 'model.safetensors': family['tiny-base'] },
    'run-1/checkpoint': { 'model.safetensors': family.math },
    'run-2/checkpoint': { 'model.safetensors': family.code },
  });
  await workbench.open();
  for (const [experts, folder] of folders.entries()) {
    await workbench.drop([folder]);
    await expect(workbench.recipe.base('base')).toBeVisible();
    await expect(workbench.recipe.experts).toHaveCount(experts);
  }
  const second = page.getByRole('article', { name: 'Expert, checkpoint' }).nth(1);
  await second.getByRole('textbox', { name: /weight/ }).fill('0.25');
  await page.keyboard.press('Enter');
  await workbench.method.setField('λ', '1');

  await page.reload();
  await expect(workbench.run.merge).toBeEnabled();
  await expect(card(page)).toHaveCount(0);

  await rm(testInfo.outputPath('models'), { recursive: true });
  await page.reload();
  await expect(awaited(page)).toHaveCount(3);
  const moved = await writeFolders(testInfo.outputPath('elsewhere'), {
    moved: { 'model.safetensors': family.code },
    'any/checkpoint': { 'model.safetensors': family.math },
    other: { 'model.safetensors': family['tiny-base'] },
  });
  for (const [opened, folder] of moved.entries()) {
    await workbench.drop([folder]);
    await expect(awaited(page)).toHaveCount(2 - opened, { timeout: 60_000 });
  }
  await expect(card(page)).toHaveCount(0);
  await workbench.merge();
  // Of math, which adds 1, all; of code, which adds 2, a quarter: each kept its weight.
  expect(await valuesOf(await weightsOf(workbench))).toEqual({
    'layers.0.a.weight': [1, 2, 3, 4, 5, 6].map((value) => value + 1 + 0.5),
  });
});
