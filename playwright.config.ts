import { defineConfig } from '@playwright/test';
import { findChromium, findShell } from './tools/find-chromium.js';

const chromium = findChromium();
/** Another port lets two checkouts test at the same time. */
const port = Number(process.env['E2E_PORT'] ?? 4179);

/**
 * All tests in a browser without WebGPU; with it those again that merge there on the GPU: an emulated one, which the page
 * would not pick by itself. Without WebGPU there is no graphics process to lose.
 */
const flags = { 'with-webgpu': ['--enable-unsafe-webgpu'], 'without-webgpu': [] };
const browsers = { 'with-webgpu': chromium, 'without-webgpu': findShell() ?? chromium };
const taken = {
  'with-webgpu': { grep: /@webgpu/ },
  'without-webgpu': { testIgnore: /gpu-lost\.spec/ },
};

const executable = (path: string | null) => (path ? { executablePath: path } : {});

export default defineConfig({
  testDir: 'e2e',
  // Without a GPU the pages are drawn by the processor too: a test takes up to 40 s on two cores.
  timeout: 180_000,
  expect: { timeout: 10_000 },
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  // A few tests watch the clock, and CI machines are shared.
  retries: process.env.CI ? 2 : 0,
  reporter: [['list']],
  // Transitions keep a page without a GPU busy with drawing itself.
  use: {
    baseURL: `http://localhost:${port}`,
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'on-first-retry',
  },
  projects: Object.entries(flags).map(([name, args]) => ({
    name,
    ...taken[name as keyof typeof flags],
    use: {
      browserName: 'chromium' as const,
      launchOptions: {
        ...executable(browsers[name as keyof typeof flags]),
        args: ['--no-sandbox', ...args],
      },
    },
  })),
  webServer: {
    command: `node_modules/.bin/vite preview --port ${port} --strictPort`,
    url: `http://localhost:${port}`,
    reuseExistingServer: !process.env.CI,
  },
});
