// Merges the demo family in a real browser, by recipes that Python measured too (family.json), and
// writes the downloaded folders to OUT, one for each. Needs `npm run build` first.
//   node tools/check-demo-merge/merge.js OUT [cpu|webgpu]
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findChromium } from '../find-chromium.js';

const [out, backend = 'cpu'] = process.argv.slice(2);
if (!out) throw new Error('Name the folder to write to.');
const family = JSON.parse(readFileSync('public/demo/family.json', 'utf8'));
const server = await preview({ preview: { port: 4187 } });
const browser = await chromium.launch({
  executablePath: findChromium() ?? '',
  args: ['--no-sandbox', '--enable-unsafe-webgpu'],
});
const page = await browser.newPage();
// Without a folder picker the page offers a download.
await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
await page.goto(server.resolvedUrls?.local[0] ?? '');
await page.getByRole('article', { name: 'Expert, Reverse' }).waitFor();
const label = backend === 'cpu' ? 'CPU' : 'WebGPU';
await page.getByRole('group', { name: 'Backend' }).getByRole('radio', { name: label }).check();

const exported = page.waitForEvent('download');
await page.getByRole('button', { name: 'Export recipe' }).click();
const recipe = JSON.parse(readFileSync(await (await exported).path(), 'utf8'));

/** @typedef {{ method: string, experts: string[], weights: number[], density?: number, lambda?: number }} Merge */

/** A few of the grid that Python measured: all experts, equal weights, the papers' own settings. */
const usual = (/** @type {Merge} */ { method, experts, weights, density, lambda }) =>
  experts.length === recipe.experts.length &&
  weights.every((weight) => weight === 1) &&
  (method === 'task_arithmetic' ? lambda === 0.4 : density === 0.2 && lambda === 1);
/** @type {Merge[]} */
const merges = [...Object.values(family.bestMerges), ...family.merges.filter(usual)];
for (const [index, merge] of merges.entries()) {
  const name = `${index}-${merge.method}`;
  const experts = recipe.experts.map(
    (/** @type {{ values: object }} */ expert, /** @type {number} */ i) => ({
      ...expert,
      values: {
        weight: merge.weights[i],
        ...(merge.density === undefined ? {} : { density: merge.density }),
      },
    }),
  );
  const values = merge.lambda === undefined ? {} : { lambda: merge.lambda };
  const text = JSON.stringify({ ...recipe, method: merge.method, experts, values });
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Import recipe' }).click();
  await (await chooser).setFiles({
    name: 'recipe.json',
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  });
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.getByText('Merged, written, read back and verified.').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download all (zip)' }).click();
  const folder = join(out, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const zip = join(folder, 'merge.zip');
  await (await download).saveAs(zip);
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, folder]);
  rmSync(zip);
  writeFileSync(join(folder, 'expected.json'), JSON.stringify(merge, null, 2));
  console.log(`${name}: written`);
}
await browser.close();
await server.close();
process.exit(0);
