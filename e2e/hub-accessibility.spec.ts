import { violationsOf } from './fixtures/axe.ts';
import { expect, test } from './fixtures/hub.ts';

const base = 'amalgam/tiny-skills-base';

test('the dialogs of the Hub have no violation', async ({ page, dialog, openOnHub, workbench }) => {
  await openOnHub();
  await dialog.open();
  await dialog.search.fill(base);
  await expect(dialog.repo(base)).toContainText('Open LLM Leaderboard');
  await dialog.box.getByText('Sign in', { exact: true }).first().click();
  expect(await violationsOf(page)).toEqual([]);
  await dialog.signIn('hf_wrong');
  await expect(dialog.box.getByRole('alert')).toBeVisible();
  expect(await violationsOf(page)).toEqual([]);
  await dialog.signIn('hf_owner');
  await expect(dialog.box).toContainText('Signed in as owner');
  await dialog.button('Use as base').click();
  await dialog.add('amalgam/tiny-skills-reverse', 'Add as expert');
  await workbench.merge();
  await workbench.button('Publish…').click();
  await expect(workbench.dialog('Publish on Hugging Face')).toContainText('Licence');
  expect(await violationsOf(page)).toEqual([]);
});

test('the Hub is searched by keyboard alone, and fits a telephone', async ({
  page,
  dialog,
  openOnHub,
  workbench,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openOnHub();
  await dialog.open();
  await page.keyboard.type('tiny-skills-reverse');
  await expect(dialog.results).toHaveCount(2);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const shown = dialog.repo('amalgam/tiny-skills-reverse');
  await expect(shown).toContainText('model.safetensors');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await shown.getByRole('button', { name: 'Use as base' }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog.box).toHaveCount(0);
  await expect(page.getByRole('tab', { name: /^Checks/ })).toHaveAttribute('aria-selected', 'true');
  await dialog.add('amalgam/tiny-skills-sort', 'Add as expert');
  await workbench.merge();
  await workbench.button('Publish…').click();
  await dialog.signIn('hf_owner');
  const publish = workbench.dialog('Publish on Hugging Face');
  await expect(publish.getByLabel('Licence')).toBeVisible();
  const [content, room] = await publish.evaluate((box) => [box.scrollWidth, box.clientWidth]);
  expect(content).toBeLessThanOrEqual(room);
});
