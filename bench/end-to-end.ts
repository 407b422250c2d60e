import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import type {} from './end-to-end.page.ts';

/** Parameters of one tensor of the synthetic models. */
const TENSOR = 4 * 2 ** 20;
const SIZES = [8, 72];
const BUDGET = 1024 * 2 ** 20;

export type Row = Readonly<Record<string, string | number>>;

/** Merges synthetic models of 30 and 300 million parameters and copies the same bytes, page by page. */
export async function benchEndToEnd(executablePath: string, page: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const backend of ['cpu', 'webgpu'] as const) {
    for (const tensors of SIZES) rows.push(await measure(executablePath, page, backend, tensors));
  }
  return rows;
}

async function measure(
  executablePath: string,
  url: string,
  backend: 'cpu' | 'webgpu',
  tensors: number,
): Promise<Row> {
  const profile = mkdtempSync(join(tmpdir(), 'amalgam-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: ['--no-sandbox', '--enable-unsafe-webgpu', '--mute-audio'],
  });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => 'bench' in window);
    await page.evaluate((count) => window.bench.make(count), tensors);
    const memory = watchMemory(profile);
    const copies = [await page.evaluate(() => window.bench.copy())];
    const before = memory.peak();
    const seconds = await page.evaluate(([choice, budget]) => window.bench.merge(choice, budget), [
      backend,
      BUDGET,
    ] as const);
    const peak = memory.stop();
    copies.push(await page.evaluate(() => window.bench.copy()));
    const copy = Math.min(...copies);
    const parameters = tensors * TENSOR;
    return {
      backend,
      parameters: `${Math.round(parameters / 1e6)} M`,
      'merge s': round(seconds),
      'copy s': round(copy),
      'merge ÷ copy': round(seconds / copy),
      'M parameters/s': round(parameters / 1e6 / seconds),
      'MB written/s': round((parameters * 2) / 1e6 / seconds),
      'memory added MB': Math.round(peak - before),
    };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Peak resident memory, in MB, of all processes of the browser that uses this profile. */
function watchMemory(profile: string) {
  let highest = 0;
  const sample = () => {
    highest = Math.max(highest, residentMegabytes(profile));
  };
  sample();
  const timer = setInterval(sample, 100);
  return {
    peak: () => highest,
    stop() {
      clearInterval(timer);
      return highest;
    },
  };
}

/** Private memory (RssAnon) of the browser's process tree; file pages of private storage do not count. */
function residentMegabytes(profile: string): number {
  const parents = new Map<number, number>();
  const memory = new Map<number, number>();
  let root = 0;
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      parents.set(pid, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
      memory.set(pid, Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0));
      const isBrowser = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(profile);
      if (isBrowser && (root === 0 || pid < root)) root = pid;
    } catch {
      // The process ended between listing and reading.
    }
  }
  const isOurs = (pid: number): boolean =>
    pid === root || (parents.has(pid) && pid > 1 && isOurs(parents.get(pid) ?? 0));
  const ours = [...memory].filter(([pid]) => root > 0 && isOurs(pid));
  return ours.reduce((sum, [, kilobytes]) => sum + kilobytes, 0) / 1024;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
