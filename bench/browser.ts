/** Pages in a fresh browser, and what is watched there while something is done. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { ProcessTree } from './process-tree.ts';

export type Watched<T> = {
  readonly result: T;
  /** Peak above what was held before, in MiB. */
  readonly memoryAdded: number;
  /** Peak of all processes of the browser, in MiB. */
  readonly memoryPeak: number;
  /** Seconds of processor time of all processes of the browser. */
  readonly processorSeconds: number;
  /** Milliseconds of the page's longest task; tasks under 50 ms are not told by browsers. */
  readonly longestTask: number;
  /** Seconds that the page's main thread was busy. */
  readonly mainThreadSeconds: number;
};

export type Browser = {
  readonly page: Page;
  watch<T>(work: () => Promise<T>): Promise<Watched<T>>;
};

type LaunchOptions = { readonly args?: readonly string[]; readonly init?: () => void };

/** Opens an address in a browser with an empty profile, which is removed afterwards. */
export async function inBrowser<T>(
  executablePath: string,
  address: string,
  work: (browser: Browser) => Promise<T>,
  { args = [], init }: LaunchOptions = {},
): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'amalgam-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: ['--no-sandbox', '--mute-audio', ...args],
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    if (init) await page.addInitScript(init);
    await page.goto(address);
    const tree = new ProcessTree(profile);
    return await work({ page, watch: (task) => watch(page, tree, task) });
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function watch<T>(
  page: Page,
  tree: ProcessTree,
  work: () => Promise<T>,
): Promise<Watched<T>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const busy = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const longest = await page.evaluateHandle(() => {
    const seen = { milliseconds: 0 };
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        seen.milliseconds = Math.max(seen.milliseconds, duration);
      }
    }).observe({ type: 'longtask' });
    return seen;
  });
  const busyBefore = await busy();
  const processes = tree.watch();
  const result = await work();
  const { added, peak, processor } = processes.stop();
  const mainThreadSeconds = (await busy()) - busyBefore;
  const longestTask = await longest.evaluate(({ milliseconds }) => milliseconds);
  await devtools.detach();
  return {
    result,
    memoryAdded: added,
    memoryPeak: peak,
    processorSeconds: processor,
    longestTask,
    mainThreadSeconds,
  };
}
