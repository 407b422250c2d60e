import { holdWeights } from './fixtures/held-weights.ts';
import { privateStorage } from './fixtures/private-storage.ts';
import { expect, onGpuToo, preferGpu, test } from './fixtures/test.ts';
import type { Workbench } from './pages/workbench.ts';

/** A merge that stays under way until it is let go. */
async function startRun(workbench: Workbench) {
  await workbench.open();
  await preferGpu(workbench);
  const weights = await holdWeights(workbench.page);
  await workbench.run.merge.click();
  await expect(workbench.run.region.getByRole('progressbar')).toBeVisible();
  await expect(workbench.run.region).toContainText(/\d+ \/ 38 tensors/);
  return weights;
}

test(
  'cancels a run at once and leaves no file',
  onGpuToo,
  async ({ page, workbench }, testInfo) => {
    const { letGo } = await startRun(workbench);
    await expect(workbench.run.merge).toHaveCount(0);
    const waited = await page.evaluate(async () => {
      const button = [...document.querySelectorAll('button')].find(
        ({ textContent }) => textContent?.trim() === 'Cancel',
      );
      const pressed = performance.now();
      button?.click();
      while (!document.querySelector('[role=tabpanel]')?.textContent?.includes('Cancelled')) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return performance.now() - pressed;
    });
    testInfo.annotations.push({ type: 'cancelled after', description: `${waited.toFixed(0)} ms` });
    // The aim is 200 ms; the rest is for machines that run two browsers on two cores.
    expect(waited).toBeLessThan(1500);
    await expect(workbench.result.panel).toContainText('Nothing was kept.');
    // The answer does not wait for the engine, which tidies up behind it.
    await expect.poll(() => privateStorage(page, 'merges')).toEqual({});

    letGo();
    await workbench.merge();
    await expect(workbench.result.verdict).toContainText('verified.');
    expect(Object.keys(await privateStorage(page, 'merges'))).toContain(
      'demo-merge/files/model.safetensors',
    );
  },
);

test('keeps the last finished model when a later run of its name is cancelled', async ({
  page,
  workbench,
}) => {
  await workbench.open();
  await workbench.merge();
  const finished = await privateStorage(page, 'merges');
  await holdWeights(page);
  await workbench.run.merge.click();
  await expect(workbench.run.region).toContainText(/\d+ \/ 38 tensors/);
  await workbench.run.cancel.click();
  await expect(workbench.result.panel).toContainText('Nothing was kept.');
  await expect.poll(() => privateStorage(page, 'merges')).toEqual(finished);
});

test('asks before the tab is closed during a run, says so on return and cleans up', async ({
  page,
  workbench,
  context,
}) => {
  await startRun(workbench);
  const asked = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.accept();
  if (!page.isClosed()) await page.waitForEvent('close');

  const again = await context.newPage();
  await again.goto('/');
  const banner = again.getByRole('alert', { name: 'Interrupted run' });
  await expect(banner).toContainText('A run, demo-merge, was interrupted');
  // No marker: it does not count as a model.
  expect(Object.keys(await privateStorage(again, 'merges'))).not.toContain(
    'demo-merge/finished.json',
  );
  await banner.getByRole('button', { name: 'Remove the leftovers' }).click();
  await expect(banner).toHaveCount(0);
  expect(await privateStorage(again, 'merges')).toEqual({});

  await again.reload();
  await expect(again.getByRole('article', { name: 'Expert, Add' })).toBeVisible();
  await expect(banner).toHaveCount(0);
});

test('says nothing of a run that goes on in another tab', async ({ workbench, context }) => {
  await startRun(workbench);
  const other = await context.newPage();
  await other.goto('/');
  await expect(other.getByRole('article', { name: 'Expert, Add' })).toBeVisible();
  await expect(other.getByRole('alert', { name: 'Interrupted run' })).toHaveCount(0);
  await other.close();
  await workbench.run.cancel.click();
  await expect(workbench.result.panel).toContainText('Nothing was kept.');
});
