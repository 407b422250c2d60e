import { holdWeights } from './fixtures/held-weights.ts';
import { killableBrowser } from './fixtures/killable-browser.ts';
import { patchEngine, privateStorage } from './fixtures/private-storage.ts';
import { expect, test } from './fixtures/test.ts';
import { Workbench } from './pages/workbench.ts';

test('an engine that ends itself in the middle is told, cleaned up after and started anew', async ({
  page,
  workbench,
}) => {
  const patch = () => {
    self.addEventListener('message', ({ data }) => {
      if (data.kind === 'run') setTimeout(() => self.close(), 700);
    });
  };
  await patchEngine(page, patch, { times: 1 });
  await workbench.open();
  const { letGo } = await holdWeights(page);
  const alert = await workbench.mergeInVain();
  await expect(alert).toContainText('The merge engine stopped: it ended without a word');
  await expect(alert).toContainText('lower the memory budget');
  await expect(alert).toContainText('No half file was left behind.');
  await expect.poll(() => privateStorage(page, 'merges')).toEqual({});

  letGo();
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
});

test('site data that is cleared in the middle of a merge is told, and the next merge works', async ({
  baseURL,
}, testInfo) => {
  // In a profile on disk: in one in memory the browser fails otherwise.
  const browser = await killableBrowser(testInfo.outputPath('profile'));
  try {
    const { page } = browser;
    const workbench = new Workbench(page);
    await workbench.open(baseURL);
    const { letGo } = await holdWeights(page);
    await workbench.run.merge.click();
    await expect(workbench.run.region).toContainText(/\d+ \/ 38 tensors/);
    await page.waitForTimeout(2500);
    const devtools = await page.context().newCDPSession(page);
    const { origin } = new URL(page.url());
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
    letGo();
    const alert = workbench.result.panel.getByRole('alert');
    await expect(alert).toContainText('private storage was emptied', { timeout: 20_000 });
    await expect(alert).toContainText('save into a folder');
    await workbench.merge();
    await expect(workbench.result.verdict).toContainText('verified.');
    await page.reload();
    await workbench.merge();
    await expect(workbench.result.verdict).toContainText('verified.');
  } finally {
    await browser.kill();
  }
});
