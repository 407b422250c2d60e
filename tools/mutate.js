// Shows that the tests notice faults: plants one at a time in a copy of the project and expects the tests
// that are meant for it to fail. Run it when tests, shaders or the compiler change:
// `node tools/mutate.js [--only <part of a line of the list>]`. The working tree is never touched.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilerFaults, compilerTests } from './faults/compiler.js';
import { shaderFaults, shaderTests } from './faults/shaders.js';
import { torchFaults, torchTests } from './faults/torch.js';

/** @typedef {import('./faults/shaders.js').Suite} Suite */

/** What is mutated: a folder, the suffix of its files, faults, and which tests should notice them. */
const parts = [
  {
    folder: 'shaders',
    suffix: '.wgsl',
    faults: shaderFaults,
    testsOf: shaderTests,
  },
  { folder: 'src/wgsl', suffix: '.ts', faults: compilerFaults, testsOf: compilerTests },
  { folder: 'src/formats/torch', suffix: '.ts', faults: torchFaults, testsOf: torchTests },
];

const at = process.argv.indexOf('--only');
const only = at < 0 ? '' : (process.argv[at + 1] ?? '');
const planted = parts
  .flatMap((part) =>
    part.faults.map(([file, from, to]) => ({
      ...{ path: `${part.folder}/${file}${part.suffix}`, from, to },
      suites: part.testsOf(file),
    })),
  )
  .filter(({ path, from, to }) => `${path} ${from} ${to}`.includes(only));

// A fault that is nowhere to be made shows nothing: say so before an hour of tests.
const stale = planted.filter(({ path, from }) => !readFileSync(path, 'utf8').includes(from));
for (const { path, from } of stale) console.error(`${path} has no "${from}" any more`);
if (stale.length > 0 || planted.length === 0) {
  console.error(planted.length === 0 ? `No fault mentions "${only}"` : 'Mend the list of faults');
  process.exit(1);
}

const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
const needed = ['src', 'shaders', 'tools', 'public/config.json', 'package.json', 'tsconfig.json'];
for (const part of [...needed, 'vite.config.ts']) {
  cpSync(part, join(copy, part), { recursive: true });
}
symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));

/** @type {import('node:child_process').ChildProcess | undefined} */
let running;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    // A group of its own, so that the processes which Vitest starts end, too.
    if (running?.pid) process.kill(-running.pid, 'SIGTERM');
    process.exit(130);
  });
}

/** Seconds after which tests count as failed: a fault may make a loop that does not end. */
const PATIENCE = new Map([
  ['unit', 120],
  ['gpu', 900],
]);

/**
 * @param {Suite} suite
 * @returns {Promise<boolean>}
 */
function passes({ project, files, names }) {
  const args = ['run', '--project', project, '--bail', '1', '-t', names, ...files];
  return new Promise((resolve, reject) => {
    running = spawn(join(copy, 'node_modules/.bin/vitest'), args, {
      ...{ cwd: copy, stdio: 'ignore', detached: true },
      env: { ...process.env, CI: '1' },
    });
    const { pid } = running;
    const limit = setTimeout(
      () => pid && process.kill(-pid, 'SIGKILL'),
      1000 * (PATIENCE.get(project) ?? 0),
    );
    running.on('error', reject);
    running.on('close', (status) => {
      clearTimeout(limit);
      resolve(status === 0);
    });
  });
}

const secondsSince = (/** @type {number} */ began) => ((Date.now() - began) / 1000).toFixed(1);
const began = Date.now();

/** Whether tests pass without a fault, by their text: those that fail anyway would notice everything. */
const sound = new Map();

/** @param {Suite} suite */
async function mustPass(suite) {
  const key = JSON.stringify(suite);
  if (!sound.has(key)) sound.set(key, await passes(suite));
  if (sound.get(key)) return;
  console.error(
    `Fails without any fault: ${suite.project} ${suite.files.join(' ')} -t "${suite.names}"`,
  );
  process.exit(1);
}

/** @param {readonly Suite[]} suites */
async function firstToFail(suites) {
  for (const suite of suites) if (!(await passes(suite))) return suite;
}

const survivors = [];
for (const { path, from, to, suites } of planted) {
  // Only the nearest: the others are asked when it notices nothing.
  await mustPass(suites[0]);
  const start = Date.now();
  const file = join(copy, path);
  const before = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    before.replace(from, () => to),
  );
  const noticedBy = await firstToFail(suites);
  writeFileSync(file, before);
  const survived = noticedBy === undefined;
  const verdict = survived ? 'SURVIVED' : 'killed  ';
  console.log(
    `${verdict} ${secondsSince(start).padStart(6)} s  ${path}: ${from} → ${to || '(nothing)'}`,
  );
  if (survived) survivors.push(from);
  else if (noticedBy !== suites[0]) await mustPass(noticedBy);
}
const killed = planted.length - survivors.length;
console.log(`${killed} of ${planted.length} faults noticed, in ${secondsSince(began)} s`);
process.exit(survivors.length > 0 ? 1 : 0);
