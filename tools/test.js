// Runs every check, fastest first, and stops at the first failure. Installs Chromium where it may.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium, findVulkanDriver } from './find-chromium.js';

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
function run(command, args, env = process.env) {
  return spawnSync(command, args, { stdio: 'inherit', env }).status ?? 1;
}

function installChromium() {
  const isDebian = existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
  if (!isDebian || process.getuid?.() !== 0) {
    console.error('The tests need Chromium: install it, or set CHROMIUM_PATH to its executable.');
    process.exit(1);
  }
  console.log('Installing Chromium from Debian’s packages.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], env);
  run('apt-get', ['install', '-y', '-qq', 'chromium'], env);
}

if (!findChromium()) installChromium();
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
  ...(driver ? { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver } : {}),
};

/** @type {readonly (readonly [title: string, ...command: string[]])[]} */
const steps = [
  ['format and lint', 'biome', 'check', '--error-on-warnings', '.'],
  ['types', 'tsc'],
  ['unit and GPU tests', 'vitest', 'run', '--project', 'unit', '--project', 'gpu'],
  ['browser tests', 'vitest', 'run', '--project', 'browser'],
  ['build', 'vite', 'build'],
  ['bundle size', 'node', 'tools/bundle-size.js'],
  ['end-to-end tests', 'playwright', 'test'],
];

for (const [title, command, ...args] of steps) {
  const began = Date.now();
  console.log(`\n— ${title}`);
  const path = command === 'node' ? process.execPath : `node_modules/.bin/${command}`;
  const status = run(path, args, env);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  if (status !== 0) {
    console.error(`\n${title}: failed after ${seconds} s`);
    process.exit(status);
  }
  console.log(`${title}: passed in ${seconds} s`);
}
console.log('\nEvery check passed.');
