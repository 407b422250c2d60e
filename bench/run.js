// Runs benchmarks, prints their tables and keeps them in bench/results.json.
// `npm run bench` runs the quick parts, `npm run bench -- NAME…` those parts; `--flag` and `--flag=value`
// are handed to them. bench/README.md says what each part measures.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { findChromium, findVulkanDriver } from '../tools/find-chromium.js';
import { loadModules, servePages } from './host.js';
import { show } from './show.js';

/**
 * A part is a module that exports `measure(surroundings)`; quick ones run when none is named. Those that
 * need no browser run where there is none, and WebGPU in Node then finds the machine's own driver.
 */
const parts = {
  kernels: { module: 'bench/kernels.ts', quick: true, browser: false },
  planes: { module: 'bench/planes.ts', quick: false, browser: false },
  lora: { module: 'bench/lora.ts', quick: false, browser: false },
  planning: { module: 'bench/planning.ts', quick: false, browser: false },
  views: { module: 'bench/views.ts', quick: false, browser: false },
  evaluate: { module: 'bench/evaluate.ts', quick: false, browser: false },
  gpu: { module: 'bench/gpu/gpu.ts', quick: false, browser: false },
  'end-to-end': { module: 'bench/end-to-end.ts', quick: true, browser: true },
  'many-tensors': { module: 'bench/many-tensors.ts', quick: true, browser: true },
  memory: { module: 'bench/memory.ts', quick: false, browser: true },
  against: { module: 'bench/against/against.ts', quick: false, browser: true },
};
const resultsFile = 'bench/results.json';

const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith('--'));
const unknown = named.filter((name) => !(name in parts));
if (unknown.length > 0) fail(`No part is called ${unknown}; there are ${Object.keys(parts)}.`);
const wanted = Object.entries(parts).filter(([name, { quick }]) =>
  named.length === 0 ? quick : named.includes(name),
);

const inBrowser = wanted.some(([, { browser }]) => browser);
const chromium = findChromium();
if (inBrowser && !chromium) fail('These need Chromium: install it, or set CHROMIUM_PATH.');
// The software driver, for the browser's WebGPU or because it is asked for.
const driver = inBrowser || words.includes('--software') ? findVulkanDriver(chromium) : null;
if (driver) Object.assign(process.env, { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver });

const modules = await loadModules(wanted.map(([, { module }]) => module));
const pages = inBrowser ? await servePages() : null;
/** @type {import('./part.ts').Surroundings} */
const surroundings = {
  chromium: chromium ?? '',
  address: pages?.address ?? '',
  flags: new Map(
    words
      .filter((word) => word.startsWith('--'))
      .map((word) => /** @type {[string, string]} */ (word.slice(2).concat('=').split('=', 2))),
  ),
};
const machine = {
  processor: `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  system: `${process.platform} ${process.arch}, Node ${process.version}`,
  ...(inBrowser ? { browser: versionOf(chromium ?? '') } : {}),
};
console.log(Object.values(machine).join('; '));

for (const [index, [name]] of wanted.entries()) {
  const loadBefore = loadavg()[0];
  const began = Date.now();
  const tables = await modules[index].measure(surroundings);
  const seconds = Math.round((Date.now() - began) / 1000);
  for (const table of tables) show(table);
  const load = { before: loadBefore, after: loadavg()[0] };
  console.log(`\n${name}: ${seconds} s; load before ${load.before}, after ${load.after}`);
  const date = new Date().toISOString();
  const command = ['npm run bench --', name, ...words.filter((word) => word.startsWith('--'))];
  keep(name, { date, command: command.join(' '), machine, seconds, load, tables });
}
await pages?.close();
process.exit(0);

/**
 * A part's newest run takes the place of its last one; other parts stay.
 * @param {string} name
 * @param {object} result
 */
function keep(name, result) {
  const kept = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {};
  writeFileSync(resultsFile, `${JSON.stringify({ ...kept, [name]: result }, null, 2)}\n`);
}

/**
 * @param {string} browser its path
 * @returns {string}
 */
function versionOf(browser) {
  const output = execFileSync(browser, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  return output.toString().trim();
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}
