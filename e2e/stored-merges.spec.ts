import { createHash } from 'node:crypto';
import { type KillableBrowser, killableBrowser } from './fixtures/killable-browser.ts';
import { outputOf } from './fixtures/output-folder.ts';
import { privateFile, privateStorage } from './fixtures/private-storage.ts';
import { expect, test } from './fixtures/test.ts';
import { Workbench } from './pages/workbench.ts';

const weights = 'merges/demo-merge/files/model.safetensors';
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test.describe('a browser that is killed', () => {
  let browser: KillableBrowser;
  let workbench: Workbench;

  async function start(profile: string, baseURL: string): Promise<void> {
    browser = await killableBrowser(profile);
    workbench = new Workbench(browser.page);
    await workbench.open(baseURL);
  }
  test.afterEach(() => browser.kill());

  for (const seconds of [0, 4]) {
    test(`${seconds} s after the verdict offers the finished model on return`, async ({
      baseURL,
    }, testInfo) => {
      const profile = testInfo.outputPath('profile');
      await start(profile, baseURL!);
      await workbench.merge();
      const [{ sha256: shown }] = await workbench.result.files();
      await browser.page.waitForTimeout(1000 * seconds);
      await browser.kill();

      await start(profile, baseURL!);
      await expect(browser.page.getByRole('alert', { name: 'Interrupted run' })).toHaveCount(0);
      await workbench.showTab('Result');
      await expect(workbench.result.kept).toHaveText([/demo-merge.*1\.6\d MB, verified/]);
      expect(sha256(await privateFile(browser.page, weights))).toBe(shown);
    });
  }

  // Half of the moments each, so that two browsers share them.
  for (const moments of [
    [100, 500, 900],
    [300, 700, 1100],
  ]) {
    test(`${moments.join(', ')} ms into a second merge keeps the first, and calls only the second partial`, async ({
      baseURL,
    }, testInfo) => {
      const profile = testInfo.outputPath('profile');
      await start(profile, baseURL!);
      await workbench.merge();
      const [{ sha256: shown }] = await workbench.result.files();
      const partial: string[] = [];
      for (const milliseconds of moments) {
        await workbench.run.merge.click();
        await browser.page.waitForTimeout(milliseconds);
        await browser.kill();

        await start(profile, baseURL!);
        expect(sha256(await privateFile(browser.page, weights))).toBe(shown);
        await workbench.showTab('Result');
        await expect(workbench.result.kept).not.toHaveCount(0);
        await browser.page.waitForTimeout(1000); // leftovers are looked for at the same time
        const kept = await workbench.result.kept.locator('code').allInnerTexts();
        expect(kept).toContain('demo-merge');
        const banner = browser.page.getByRole('alert', { name: 'Interrupted run' });
        if ((await banner.count()) === 0) continue;
        partial.push((await banner.locator('strong').textContent()) ?? '');
        expect(kept).not.toContain(partial.at(-1));
        await banner.getByRole('button', { name: 'Remove the leftovers' }).click();
        await expect(banner).toHaveCount(0);
        await expect(workbench.result.kept.locator('code')).toHaveText(kept);
        const stored = Object.keys(await privateStorage(browser.page, 'merges'));
        expect(stored.filter((path) => path.startsWith(`${partial.at(-1)}/`))).toEqual([]);
      }
      expect(partial.length).toBeGreaterThan(0);
      expect(partial).not.toContain('demo-merge');
    });
  }
});

test('a second merge of one name stands beside the first, and each goes when it is removed', async ({
  page,
  workbench,
}) => {
  await workbench.open();
  await workbench.merge();
  const first = sha256(await privateFile(page, weights));
  await workbench.method.setField('λ', '0.3');
  await workbench.merge();
  await expect(workbench.result.panel.getByRole('heading', { level: 3 })).toHaveText(
    'demo-merge-2',
  );
  const output = await outputOf(workbench);
  expect(sha256(output['model.safetensors'])).not.toBe(first);
  expect(sha256(await privateFile(page, weights))).toBe(first);

  await page.reload();
  await workbench.showTab('Result');
  const { kept } = workbench.result;
  await expect(kept.locator('code')).toHaveText(['demo-merge', 'demo-merge-2']);
  await kept.first().getByRole('button', { name: 'Remove demo-merge', exact: true }).click();
  await expect(kept.first()).toContainText('demo-merge cannot be brought back.');
  await kept.first().getByRole('button', { name: 'Keep' }).click();
  await kept.first().getByRole('button', { name: 'Remove demo-merge', exact: true }).click();
  await kept.first().getByRole('button', { name: 'Remove demo-merge now' }).click();
  await expect(kept.locator('code')).toHaveText(['demo-merge-2']);
  const { bytes } = await workbench.downloaded(() =>
    kept.getByRole('button', { name: 'Download all (zip)' }).click(),
  );
  expect(bytes.length).toBeGreaterThan(1_600_000);
});

test('a zip for download takes no room in private storage', async ({ page, workbench }) => {
  await workbench.open();
  await workbench.merge();
  const before = await privateStorage(page, '.');
  const output = await outputOf(workbench);
  expect(sha256(output['model.safetensors'])).toBe(sha256(await privateFile(page, weights)));
  expect(await privateStorage(page, '.')).toEqual(before);
});
