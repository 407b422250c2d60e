import { writeFileSync } from 'node:fs';
import { expect, test } from './fixtures/kept-page.ts';

test('takes a recipe of mergekit that is dropped as a file', async ({
  page,
  workbench,
}, testInfo) => {
  const file = testInfo.outputPath('blend.yaml');
  writeFileSync(
    file,
    [
      'merge_method: ties',
      'base_model: Base',
      'models:',
      '  - model: Sort',
      '    parameters: { weight: 0.6, density: 0.4 }',
      '  - model: Reverse',
      '    parameters: { weight: 0.3, density: 0.7 }',
      'parameters: { lambda: 0.9, int8_mask: true }',
    ].join('\n'),
  );
  await workbench.open();
  const { method, recipe } = workbench;
  await workbench.drop([file]);
  const dialog = workbench.dialog('mergekit recipe');
  await expect(dialog).toContainText('Line 8: int8_mask changes no number of ties.');
  await dialog.getByLabel('Written for').selectOption('mergekit 0.1.4');
  await expect(dialog).toContainText('Line 9: int8_mask changes no number of ties.');
  await dialog.getByRole('button', { name: 'Use as the recipe' }).click();
  await expect(workbench.notice).toContainText('The recipe of mergekit is in place.');
  await expect(method.card('TIES')).toBeChecked();
  await expect(method.field('λ')).toHaveValue('0.9');
  await expect(recipe.experts).toHaveText(['Sort', 'Reverse']);
  await expect(recipe.field('Sort', 'weight')).toHaveValue('0.6');
  await expect(recipe.field('Reverse', 'density')).toHaveValue('0.7');
  await method.unfold('Exact behaviour');
  await expect(method.radio('Dialect', 'mergekit')).toBeChecked();
  await expect(page.getByLabel('Release')).toHaveValue('mergekit 0.1.4');
  await page.keyboard.press('Control+z');
  await expect(method.card('Task arithmetic')).toBeChecked();
});

test('merges several recipes of mergekit in their order, and makes no result twice', async ({
  page,
  workbench,
}, testInfo) => {
  const file = testInfo.outputPath('series.yaml');
  writeFileSync(
    file,
    `name: both
merge_method: linear
models:
  - { model: sorts, parameters: { weight: 1 } }
  - { model: Reverse, parameters: { weight: 1 } }
---
name: sorts
merge_method: task_arithmetic
base_model: Base
models:
  - { model: Sort, parameters: { weight: 0.7 } }
---
merge_method: slerp
base_model: both
models:
  - model: sorts
parameters: { t: 0.25 }
`,
  );
  await workbench.open();
  await workbench.drop([file]);
  const dialog = workbench.dialog('mergekit recipe');
  await expect(dialog.getByRole('listitem')).toHaveText([/^sorts/, /^both/, /^demo-merge/]);
  await dialog.getByRole('button', { name: 'Use all 3 recipes' }).click();
  const series = page.getByRole('region', { name: 'Series of recipes' });
  const mergeAll = series.getByRole('button', { name: 'Merge all 3' });
  // One document: undo covers all of it, and it survives a reload.
  await page.keyboard.press('Control+z');
  await expect(series).toBeHidden();
  await page.keyboard.press('Control+Shift+z');
  await expect(mergeAll).toBeEnabled();
  await page.reload();
  await mergeAll.click();
  const steps = series.getByRole('listitem');
  await expect(steps).toHaveText([/made$/, /made$/, /made$/], { timeout: 60_000 });
  await expect(page.getByText('Merged, written, read back and verified')).toBeVisible();
  await page.reload();
  await expect(steps).toHaveText([/there already$/, /there already$/, /^demo-merge/]);
  await mergeAll.click();
  await expect(steps).toHaveText([/there already$/, /there already$/, /made$/], {
    timeout: 60_000,
  });
  await expect(workbench.recipe.experts).toHaveText(['both', 'sorts']);
});
