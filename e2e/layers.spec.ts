import { readFileSync } from 'node:fs';
import { standard, violationsOf } from './fixtures/axe.ts';
import { jsonOf, outputOf } from './fixtures/output-folder.ts';
import { expect, test } from './fixtures/test.ts';
import { headerOf } from './fixtures/weights.ts';

const weights = (model: string) =>
  readFileSync(new URL(`../public/demo/${model}/model.safetensors`, import.meta.url));

test('stacks layers of two models, arranged by keyboard, into a model of that depth', async ({
  page,
  workbench,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await workbench.open();
  const settings = workbench.method.region;
  await settings.locator('summary', { hasText: 'as the models have them' }).click();
  await settings.getByRole('button', { name: 'Stack halves: Reverse, Sort' }).click();
  const blocks = settings.getByRole('list', { name: 'Slices' }).getByRole('listitem');
  const heads = blocks.locator('.slice-head');
  await expect(heads).toHaveText([/^0–1Reverse layers 0–1/, /^2–3Sort layers 2–3/]);

  await settings.getByRole('button', { name: 'Repeat Slice 1' }).click();
  await expect(heads).toHaveCount(3);
  await heads.nth(1).focus();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(heads).toHaveText([/^0–1Reverse/, /^2–3Sort/, /^4–5Reverse layers 0–1/]);
  await expect(heads.nth(2)).toBeFocused();
  await page.keyboard.press('Control+z');
  await expect(heads).toHaveText([/^0–1Reverse/, /^2–3Reverse/, /^4–5Sort/]);

  await heads.nth(1).click();
  const form = blocks.nth(1);
  await form.getByLabel('Layers', { exact: true }).fill('1');
  await form.getByLabel('from layer').fill('7');
  await expect(form.getByLabel('from layer')).toHaveAttribute('aria-invalid', 'true');
  await form.getByLabel('from layer').fill('3');
  await expect(heads.nth(1)).toHaveText(/^2Reverse layer 3/);
  await form.getByRole('button', { name: 'Add gradient' }).click();
  const rule = form.getByRole('group', { name: 'Slice 2, rule 1' });
  await expect(rule.getByLabel('parameter')).toHaveValue('scale');
  expect(await violationsOf(page, '.slices', standard)).toEqual([]);
  await rule.getByLabel('tensors').selectOption('attention');
  await rule.getByRole('button', { name: 'Remove Slice 2, rule 1' }).click();
  await expect(rule).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(rule.getByLabel('tensors')).toHaveValue('attention');
  await rule.getByRole('button', { name: 'Remove Slice 2, rule 1' }).click();

  await workbench.merge();
  await expect(workbench.result.verdict).toHaveText('Merged, written, read back and verified.');
  const files = await outputOf(workbench);
  expect(jsonOf(files['config.json'])).toMatchObject({ num_hidden_layers: 5 });
  const output = files['model.safetensors'];
  const bytesOf = async (file: Buffer, name: string) => {
    const { tensors } = await headerOf(file);
    const { begin, end } = tensors.find((tensor) => tensor.name === name)!;
    return file.subarray(begin, end);
  };
  const origins = ['reverse 0', 'reverse 1', 'reverse 3', 'sort 2', 'sort 3'];
  for (const [layer, origin] of origins.entries()) {
    const [model, number] = origin.split(' ');
    const name = (of: string | number) => `model.layers.${of}.self_attn.q_proj.weight`;
    const found = await bytesOf(output, name(layer));
    expect(found.equals(await bytesOf(weights(model), name(number))), origin).toBe(true);
  }
});
