import type { Page } from '@playwright/test';
import { privateStorage } from './fixtures/private-storage.ts';
import { expect, test } from './fixtures/test.ts';

test('says before the run that there is no room, and what to do', async ({ page, workbench }) => {
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
});

test('says that the room ran out, and leaves nothing behind', async ({ page, workbench }) => {
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
