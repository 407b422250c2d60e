import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The browser for the tests: CHROMIUM_PATH, else the first of the usual names on the PATH. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : null;
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const folder of folders) {
    for (const name of names) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return null;
}

/** The software Vulkan driver that Chromium packages carry, for WebGPU in Node. */
export function findVulkanDriver(chromium: string | null): string | null {
  const named = process.env.VK_DRIVER_FILES;
  if (named) return named;
  const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
  if (chromium) folders.unshift(dirname(chromium));
  return folders.map((f) => join(f, 'vk_swiftshader_icd.json')).find(existsSync) ?? null;
}
