import { readFile } from 'node:fs/promises';
import { type Download, expect, type Locator, type Page } from '@playwright/test';
import { MethodPanel } from './method-panel.ts';
import { RecipePanel } from './recipe-panel.ts';
import { ResultTab } from './result-tab.ts';
import { RunBar } from './run-bar.ts';
import { TensorsTab } from './tensors-tab.ts';

export type TabName =
  | 'Method'
  | 'Conflicts'
  | 'Evaluate'
  | 'Checks'
  | 'Plan'
  | 'Tensors'
  | 'Result';

/** The whole page, and what is on it. */
export class Workbench {
  readonly recipe: RecipePanel;
  readonly method: MethodPanel;
  readonly tensors: TensorsTab;
  readonly result: ResultTab;
  readonly run: RunBar;

  constructor(readonly page: Page) {
    this.recipe = new RecipePanel(page);
    this.method = new MethodPanel(page);
    this.tensors = new TensorsTab(page);
    this.result = new ResultTab(page);
    this.run = new RunBar(page);
  }

  /** Opens the page and waits until the demo family can be merged: it starts a worker, which waits its turn on a busy machine. */
  async open(url = '/'): Promise<void> {
    await this.page.goto(url);
    await expect(this.run.merge).toBeEnabled({ timeout: 45_000 });
  }

  async showTab(name: TabName): Promise<void> {
    await this.page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole(
      'button',
      typeof name === 'string' ? { name, exact: true } : { name },
    );
  }

  dialog(title: string): Locator {
    return this.page.getByRole('dialog', { name: title });
  }

  /** What the page says in passing, at its lower edge. */
  get notice(): Locator {
    return this.page.locator('.notice');
  }

  /** Files that were offered and not taken. */
  get refused(): Locator {
    return this.page.getByRole('alert', { name: 'Files that could not be used' });
  }

  /** Findings of the Checks tab, and models that could not be opened. */
  get findings(): Locator {
    return this.page.getByRole('tabpanel').locator('.finding');
  }

  /** Drops files and folders of the disk, as from a file manager. */
  async drop(paths: readonly string[], at = { x: 640, y: 400 }): Promise<void> {
    const devtools = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: [...paths], dragOperationsMask: 1 };
    const drops = await this.page.evaluateHandle(() => {
      const seen = { count: 0 };
      window.addEventListener('drop', () => seen.count++, { capture: true });
      return seen;
    });
    // The browser lets go of a drag that a busy page was late to allow; a person would drop once more.
    for (let tries = 0; tries < 3; tries++) {
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
        await devtools.send('Input.dispatchDragEvent', { type, ...at, data });
      }
      if ((await drops.evaluate(({ count }) => count)) > 0) break;
    }
    await devtools.detach();
  }

  /** Presses Merge and waits for the verdict. */
  async merge(): Promise<void> {
    // What the merge before it said may be there until this one has begun.
    await this.result.verdict.evaluateAll((all) => {
      for (const one of all) one.setAttribute('data-before', '');
    });
    await this.run.merge.click();
    const verdict = this.result.panel.locator('.lead:not([data-before])');
    await expect(verdict).toHaveText(/verified\.|found problems/, { timeout: 90_000 });
  }

  /** Presses Merge and waits for what it says when it fails. */
  async mergeInVain(): Promise<Locator> {
    await this.run.merge.click();
    const alert = this.result.panel.getByRole('alert');
    await expect(alert).toBeVisible({ timeout: 45_000 });
    return alert;
  }

  /** Does `act` and returns the bytes of the file it downloads. */
  async downloaded(act: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), act()]);
    return { name: download.suggestedFilename(), bytes: await contentOf(download) };
  }
}

async function contentOf(download: Download): Promise<Buffer> {
  expect(await download.failure()).toBeNull();
  return readFile(await download.path());
}
