// Merges the pairs that make.py made in a real browser, half and half, and writes the downloaded folders to
// OUT. Needs `npm run build` first.
//   node tools/check-folders/merge.js MODELS OUT
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findChromium } from '../find-chromium.js';

const [models, out] = process.argv.slice(2);
if (!models || !out) throw new Error('Name the folder of models and the folder to write to.');
const server = await preview({ preview: { port: 4188 } });
const browser = await chromium.launch({
  executablePath: findChromium() ?? '',
  args: ['--no-sandbox'],
});
mkdirSync(out, { recursive: true });
for (const kind of ['causal', 'embedder', 'pipeline']) {
  const page = await browser.newPage();
  // Without a folder picker the page offers a download.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await page.getByRole('article', { name: 'Expert, Reverse' }).waitFor();
  const devtools = await page.context().newCDPSession(page);
  const files = ['base', 'tuned'].map((role) => resolve(models, `${kind}-${role}`));
  for (const type of /** @type {const} */ (['dragEnter', 'dragOver', 'drop'])) {
    const data = { items: [], files, dragOperationsMask: 1 };
    await devtools.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
  }
  await page.getByRole('article', { name: `Expert, ${kind}-tuned` }).waitFor();
  await page.getByRole('tab', { name: /^Method/ }).click();
  const lambda = page.getByRole('textbox', { name: 'λ' });
  await lambda.fill('0.5');
  await lambda.blur();
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await page.getByText('Merged, written, read back and verified.').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download all (zip)' }).click();
  const [zip, unpacked] = [join(out, `${kind}.zip`), join(out, `${kind}.unpacked`)];
  await (await download).saveAs(zip);
  for (const path of [unpacked, join(out, kind)]) rmSync(path, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, unpacked]);
  renameSync(join(unpacked, 'merged-model'), join(out, kind));
  for (const path of [unpacked, zip]) rmSync(path, { recursive: true });
  console.log(`${kind}: written`);
  await page.close();
}
await browser.close();
await server.close();
process.exit(0);
