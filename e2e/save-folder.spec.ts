import { holdWeights } from './fixtures/held-weights.ts';
import { killableBrowser } from './fixtures/killable-browser.ts';
import { sha256 } from './fixtures/output-folder.ts';
import {
  patchEngine,
  pickPrivateFolder,
  privateFile,
  privateStorage,
} from './fixtures/private-storage.ts';
import { expect, test } from './fixtures/test.ts';
import { Workbench } from './pages/workbench.ts';

test.beforeEach(({ page }) => pickPrivateFolder(page, 'picked'));

async function openAndChooseFolder(workbench: Workbench): Promise<void> {
  await workbench.open();
  await workbench.showTab('Plan');
  await workbench.page.getByRole('radio', { name: 'A folder I pick' }).check({ force: true });
}

test('writes the model into the folder that was picked', async ({ page, workbench }) => {
  await openAndChooseFolder(workbench);
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
  await expect(workbench.result.panel).toContainText('In the folder picked/demo-merge');
  await expect(workbench.result.zip).toHaveCount(0);

  const shown = await workbench.result.files();
  const saved = await privateStorage(page, 'picked');
  expect(Object.keys(saved).sort()).toEqual(
    [...shown.map(({ name }) => name), 'amalgam-verify.json']
      .map((name) => `demo-merge/${name}`)
      .sort(),
  );
  for (const { name, sha256: expected } of shown) {
    expect(sha256(await privateFile(page, `picked/demo-merge/${name}`))).toBe(expected);
  }
});

test('never writes over a model that is there: the next goes beside it', async ({
  page,
  workbench,
}) => {
  await openAndChooseFolder(workbench);
  await workbench.merge();
  const before = await privateStorage(page, 'picked');
  const weights = sha256(await privateFile(page, 'picked/demo-merge/model.safetensors'));

  await workbench.method.setField('λ', '0.3');
  await workbench.merge();
  await expect(workbench.result.panel).toContainText('In the folder picked/demo-merge-2');
  const after = await privateStorage(page, 'picked');
  expect(after).toMatchObject(before);
  expect(Object.keys(after)).toContain('demo-merge-2/model.safetensors');
  expect(sha256(await privateFile(page, 'picked/demo-merge/model.safetensors'))).toBe(weights);
});

test('does nothing when the folder picker is closed', async ({ page, workbench }) => {
  await openAndChooseFolder(workbench);
  await page.evaluate(() => {
    window.showDirectoryPicker = () =>
      Promise.reject(new DOMException('The user aborted a request.', 'AbortError'));
  });
  await workbench.run.merge.click();
  await expect(workbench.run.merge).toBeEnabled();
  await expect(page.getByRole('tab', { name: /^Plan/ })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('says that permission was withdrawn in the middle, and leaves no file', async ({
  page,
  workbench,
}) => {
  await patchEngine(page, () => {
    const write = FileSystemWritableFileStream.prototype.write;
    let bytes = 0;
    FileSystemWritableFileStream.prototype.write = function (data) {
      if (typeof data === 'string') return write.call(this, data); // the notice
      bytes += (data as unknown as { data: Uint8Array }).data.byteLength;
      if (bytes < 500_000) return write.call(this, data);
      return Promise.reject(new DOMException('no', 'NotAllowedError'));
    };
  });
  await openAndChooseFolder(workbench);
  const alert = await workbench.mergeInVain();
  await expect(alert).toContainText('model.safetensors: writing is not allowed any more.');
  await expect(alert).toContainText('Pick the folder again.');
  expect(await privateStorage(page, 'picked')).toEqual({});
});

test('says that a file cannot be made, and takes away those that were', async ({
  page,
  workbench,
}) => {
  await patchEngine(page, () => {
    const create = FileSystemFileHandle.prototype.createWritable;
    let made = 0;
    FileSystemFileHandle.prototype.createWritable = function (options) {
      made += 1;
      if (made < 8) return create.call(this, options);
      return Promise.reject(new DOMException('gone', 'NotReadableError'));
    };
  });
  await openAndChooseFolder(workbench);
  const alert = await workbench.mergeInVain();
  await expect(alert).toContainText('tokenizer.json: writing failed');
  await expect(alert).toContainText('Check that the disk and the folder are still there');
  expect(await privateStorage(page, 'picked')).toEqual({});

  // The folder is as it was: trying again without the fault works.
  await page.unroute('**/engine.worker*.js');
  await page.reload();
  await openAndChooseFolder(workbench);
  await workbench.merge();
  await expect(workbench.result.verdict).toContainText('verified.');
});

test('after a kill the folder says that it is unfinished, here and in another browser', async ({
  baseURL,
}, testInfo) => {
  const profile = testInfo.outputPath('profile');
  let browser = await killableBrowser(profile);
  const start = async () => {
    browser = await killableBrowser(profile);
    await pickPrivateFolder(browser.page, 'picked');
    return new Workbench(browser.page);
  };
  await browser.kill();
  try {
    let workbench = await start();
    await workbench.open(baseURL);
    await workbench.showTab('Plan');
    await workbench.page.getByRole('radio', { name: 'A folder I pick' }).check({ force: true });
    await holdWeights(workbench.page);
    await workbench.run.merge.click();
    await expect(workbench.run.region).toContainText(/\d+ \/ 38 tensors/);
    await browser.kill();

    workbench = await start();
    await workbench.open(baseURL);
    const banner = workbench.page.getByRole('alert', { name: 'Interrupted run in a folder' });
    await expect(banner).toContainText('picked/demo-merge, was interrupted before it had finished');
    const left = Object.keys(await privateStorage(workbench.page, 'picked'));
    expect(left).toContain('demo-merge/UNFINISHED-MERGE.txt');

    // Another browser knows nothing of it until the folder is picked again.
    await workbench.page.evaluate(() => indexedDB.deleteDatabase('amalgam'));
    await workbench.open(baseURL);
    await expect(banner).toHaveCount(0);
    await workbench.showTab('Plan');
    await workbench.page.getByRole('radio', { name: 'A folder I pick' }).check({ force: true });
    await workbench.merge();
    await expect(workbench.result.panel).toContainText('In the folder picked/demo-merge-2');
    await expect(banner).toContainText('picked/demo-merge, was');
    await banner.getByRole('button', { name: 'Remove the leftovers' }).click();
    await expect(banner).toHaveCount(0);
    const paths = Object.keys(await privateStorage(workbench.page, 'picked'));
    expect(paths.filter((path) => !path.startsWith('demo-merge-2/'))).toEqual([]);
    expect(paths).toContain('demo-merge-2/amalgam-verify.json');
    expect(paths).not.toContain('demo-merge-2/UNFINISHED-MERGE.txt');
  } finally {
    await browser.kill();
  }
});
