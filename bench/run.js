// Runs every benchmark, prints tables and writes bench/results.json.
// `npm run bench` does all; `npm run bench -- kernels` or `-- end-to-end` one of them.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { pathToFileURL } from 'node:url';
import { build, createServer } from 'vite';
import { findChromium, findVulkanDriver } from '../tools/find-chromium.js';

const chromium = findChromium();
const driver = findVulkanDriver(chromium);
if (!chromium || !driver) {
  console.error('The benchmarks need Chromium: install it, or set CHROMIUM_PATH.');
  process.exit(1);
}
process.env.VK_DRIVER_FILES = driver;
process.env.VK_ICD_FILENAMES = driver;

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const includes = (/** @type {string} */ name) => wanted.length === 0 || wanted.includes(name);

const server = await createServer({ server: { port: 0 }, logLevel: 'error' });
await server.listen();
const address = server.resolvedUrls?.local[0] ?? '';

/** @type {Record<string, readonly Record<string, unknown>[]>} */
const tables = {};
if (includes('kernels')) {
  // Bundled as the app is: a development server's imports would slow the CPU rows.
  const outDir = 'node_modules/.cache/bench';
  await build({ logLevel: 'error', build: { ssr: 'bench/kernels.ts', outDir } });
  const { benchKernels } = await import(pathToFileURL(`${outDir}/kernels.js`).href);
  tables.kernels = await benchKernels();
  console.log('\nKernels, millions of elements per second');
  console.table(tables.kernels);
}
if (includes('end-to-end')) {
  const { benchEndToEnd } = await server.ssrLoadModule('/bench/end-to-end.ts');
  tables.endToEnd = await benchEndToEnd(chromium, `${address}bench/end-to-end.html`);
  console.log('\nEnd to end: TIES of three bf16 experts, private storage to private storage');
  console.table(tables.endToEnd);
}
await server.close();

const processors = cpus();
const machine = {
  date: new Date().toISOString().slice(0, 10),
  processor: `${processors[0]?.model.trim()}, ${processors.length} cores`,
  system: `${process.platform} ${process.arch}, Node ${process.version}`,
  browser: execFileSync(chromium, ['--version']).toString().trim(),
};
console.log(machine);
writeFileSync('bench/results.json', `${JSON.stringify({ machine, ...tables }, null, 2)}\n`);
process.exit(0);
