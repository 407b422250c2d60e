/** The benchmarks' own page with a family of models made in it. */
import type { Page } from 'playwright';
import { type Browser, inBrowser, type Watched } from './browser.ts';
import type { Family, Merged, MergeOrder } from './page/page.ts';
import type { Surroundings } from './part.ts';

export type FamilyPage = {
  merge(order: MergeOrder): Promise<Watched<Merged>>;
  /** Seconds of a plain copy that reads `count` models. */
  copy(count: number, readBack: boolean): Promise<number>;
};

export async function withFamily<T>(
  { chromium, address }: Surroundings,
  family: Family,
  work: (page: FamilyPage) => Promise<T>,
  args: readonly string[] = [],
): Promise<T> {
  const act = async ({ page, watch }: Browser) => {
    await page.waitForFunction(() => 'bench' in window);
    await page.evaluate((wanted) => window.bench.make(wanted), family);
    await settle(page);
    return work({
      async merge(order) {
        const merged = await watch(() => page.evaluate((o) => window.bench.merge(o), order));
        if (merged.result.done === 1) await page.evaluate(() => window.bench.forget());
        return merged;
      },
      copy: (count, readBack) =>
        page.evaluate(([n, back]) => window.bench.copy(n, back), [count, readBack] as const),
    });
  };
  return inBrowser(chromium, `${address}bench/page/page.html`, act, { args });
}

/** Ended workers give their memory back within a moment. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(1000);
}
