// Runs every check, fastest first, and stops after the first group with a failure. Installs Chromium where it may.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium, findShell, findVulkanDriver } from './find-chromium.js';

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
function run(command, args, env = process.env) {
  return spawnSync(command, args, { stdio: 'inherit', env }).status ?? 1;
}

const canInstall =
  existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;

/** @param {readonly string[]} packages */
function install(packages) {
  console.log(`Installing ${packages.join(' and ')} from Debian’s packages.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], env);
  for (const each of packages) run('apt-get', ['install', '-y', '-qq', each], env);
}

const packages = [
  ...(findChromium() ? [] : ['chromium']),
  // Only quicker: without it all is tested in Chromium itself.
  ...(findShell() || process.env.CHROMIUM_PATH ? [] : ['chromium-headless-shell']),
];
if (packages.length > 0 && canInstall) install(packages);
const shell = findShell();
const chromium = findChromium();
if (!chromium) {
  console.error('Chromium could not be installed. Install it, or set CHROMIUM_PATH.');
  process.exit(1);
}
const driver = findVulkanDriver(chromium);
if (!driver)
  console.error('No WebGPU driver beside Chromium: set VK_DRIVER_FILES to a Vulkan ICD.');

const env = {
  ...process.env,
  CHROMIUM_PATH: chromium,
  ...(shell ? { CHROMIUM_SHELL_PATH: shell } : {}),
  ...(driver ? { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver } : {}),
};

/**
 * Groups of steps, fastest first. Those of a group run side by side: none of them fills two cores alone.
 * @type {readonly (readonly (readonly [title: string, ...command: string[]])[])[]}
 */
const groups = [
  [
    ['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
    ['types', 'tsc'],
    ['build', 'vite', 'build'],
  ],
  [['bundle size', 'node', 'tools/bundle-size.js']],
  // Every project in one process: while the browser starts, the others compute.
  [['unit, GPU and browser tests', 'vitest', 'run']],
  [['end-to-end tests', 'playwright', 'test']],
];

const secondsSince = (/** @type {number} */ began) => ((Date.now() - began) / 1000).toFixed(1);

/**
 * Resolves with the exit status. What a step says is shown as it comes when it runs alone, else at its end.
 * @param {string} title @param {string} command @param {readonly string[]} args @param {boolean} alone
 * @returns {Promise<number>}
 */
function step(title, command, args, alone) {
  const began = Date.now();
  const shows = alone ? 'inherit' : 'pipe';
  const path = command === 'node' ? process.execPath : `node_modules/.bin/${command}`;
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { env, stdio: ['ignore', shows, shows] });
    /** @type {Buffer[]} */
    const said = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => said.push(chunk));
    }
    child.on('error', reject);
    child.on('close', (status) => {
      process.stdout.write(Buffer.concat(said));
      const outcome = status === 0 ? 'passed in' : 'failed after';
      console.log(`— ${title}: ${outcome} ${secondsSince(began)} s\n`);
      resolve(status ?? 1);
    });
  });
}

const began = Date.now();
for (const steps of groups) {
  console.log(`— ${steps.map(([title]) => title).join(', ')}\n`);
  const statuses = await Promise.all(
    steps.map(([title, command, ...args]) => step(title, command, args, steps.length === 1)),
  );
  const failed = statuses.find((status) => status !== 0);
  if (failed !== undefined) process.exit(failed);
}
console.log(`Every check passed, in ${secondsSince(began)} s.`);
