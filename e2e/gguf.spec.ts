import { writeFileSync } from 'node:fs';
import { gguf } from '@huggingface/gguf';
import { sha256 } from './fixtures/output-folder.ts';
import { expect, test } from './fixtures/test.ts';

test('a merge of the demo becomes a GGUF that another reader reads', async ({
  page,
  workbench,
}, testInfo) => {
  const { result } = workbench;
  await workbench.open();
  await workbench.merge();
  await result.panel.getByRole('button', { name: 'Export as GGUF…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export demo-merge as GGUF' });
  await expect(dialog.getByRole('radio', { name: /^F16.*1\.6\d MB/ })).toBeChecked();
  await dialog.getByRole('radio', { name: /Q8_0.*1\.0\d MB/ }).check();
  await expect(dialog.getByText('4 matrices whose rows no 32 divides F16')).toBeVisible();
  await dialog.getByRole('button', { name: 'Write the file' }).click();
  await expect(dialog.getByRole('status')).toContainText('written and read back');
  const shown = await dialog.locator('.gguf-sum').textContent();

  const { bytes, name } = await workbench.downloaded(() =>
    dialog.getByRole('button', { name: 'Download' }).click(),
  );
  expect(name).toBe('demo-merge-Q8_0.gguf');
  expect(sha256(bytes)).toBe(shown);
  const path = testInfo.outputPath(name);
  writeFileSync(path, bytes);
  const { metadata, tensorInfos } = await gguf(path, { allowLocalFile: true });
  expect(metadata).toMatchObject({ 'general.name': 'demo-merge', 'llama.block_count': 4 });
  expect(tensorInfos).toHaveLength(38);

  await dialog.getByRole('button', { name: 'Close' }).click();
  const kept = result.kept.filter({ hasText: 'demo-merge-Q8_0-gguf' });
  await expect(kept.getByRole('button', { name: 'Download' })).toBeVisible();
  await expect(kept.getByRole('button', { name: 'Export as GGUF…' })).toHaveCount(0);

  await workbench.recipe.chooseOption('Reverse', 'Export as GGUF…');
  const own = page.getByRole('dialog', { name: 'Export Reverse as GGUF' });
  await expect(own.getByRole('radio', { name: /^BF16.*1\.6\d MB/ })).toBeVisible();
  await own.getByRole('button', { name: 'Close' }).click();

  await workbench.recipe.chooseOption('Base', 'Export as GGUF…');
  const base = page.getByRole('dialog', { name: 'Export Base as GGUF' });
  await expect(base.getByRole('radio', { name: /^BF16.*1\.6\d MB/ })).toBeVisible();
});
