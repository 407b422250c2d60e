import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * The browser for the tests: CHROMIUM_PATH, else the first of the usual names on the PATH.
 * @returns {string | null}
 */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : null;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return null;
}

/**
 * The software Vulkan driver that Chromium packages carry, for WebGPU in Node.
 * @param {string | null} chromium
 * @returns {string | null}
 */
export function findVulkanDriver(chromium) {
  const named = process.env.VK_DRIVER_FILES;
  if (named) return named;
  const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
  if (chromium) folders.unshift(dirname(chromium));
  return folders.map((f) => join(f, 'vk_swiftshader_icd.json')).find(existsSync) ?? null;
}
