import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import katex from 'katex';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { findChromium, findVulkanDriver } from './tools/find-chromium.js';
import { headersFile, pagePolicy, securityHeaders } from './tools/security-policy.ts';

/** Formulas are written in TeX beside the method and shipped as MathML: no KaTeX in the bundle. */
function texToMathml(): Plugin {
  return {
    name: 'tex-to-mathml',
    transform(code, id) {
      if (!id.endsWith('.tex')) return null;
      const mathml = katex.renderToString(code.trim(), { output: 'mathml', displayMode: true });
      return { code: `export default ${JSON.stringify(mathml)}`, map: null };
    },
  };
}

/** The Hub that the page is deployed for; the policy names it. */
const { hubUrl } = JSON.parse(readFileSync('public/config.json', 'utf8')) as { hubUrl: string };

/** Ships the security policy in the page, and as the file that static hosts take headers from. */
function shipSecurityPolicy(): Plugin {
  return {
    name: 'ship-security-policy',
    apply: 'build',
    transformIndexHtml: (html) =>
      html.replace(
        '<meta charset="utf-8" />',
        `$&\n    <meta http-equiv="Content-Security-Policy" content="${pagePolicy(hubUrl)}" />`,
      ),
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '_headers', source: headersFile(hubUrl) });
    },
  };
}

const chromium = findChromium();
const driver = findVulkanDriver(chromium);

export default defineConfig({
  base: './',
  plugins: [react(), texToMathml(), shipSecurityPolicy()],
  worker: { format: 'es' },
  preview: { headers: securityHeaders(hubUrl) },
  build: { target: 'es2023', sourcemap: true, chunkSizeWarningLimit: 900 },
  test: {
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Machines are shared: what takes a second may take a minute.
          testTimeout: 120_000,
          include: ['src/**/*.test.ts', 'tools/**/*.test.ts'],
          exclude: ['src/**/*.gpu.test.ts', 'src/**/*.browser.test.*'],
          // One module graph for all: loading it anew for every file takes longer than the tests.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu',
          include: ['src/**/*.gpu.test.ts'],
          pool: 'forks',
          // The Vulkan loader reads this in C; only forked processes see it.
          env: driver ? { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver } : {},
          testTimeout: 180_000,
        },
      },
      {
        extends: true,
        // Found late they would reload the page in the middle of a test, on a clean clone only.
        optimizeDeps: {
          include: [
            '@tanstack/react-virtual',
            'hash-wasm',
            'lucide-react',
            'react',
            'react-aria-components',
            'react-dom/client',
            'valibot',
            'vitest-browser-react',
            'zustand',
            'zustand/vanilla',
          ],
        },
        test: {
          name: 'browser',
          testTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
          include: ['src/**/*.browser.test.{ts,tsx}'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(chromium ? { executablePath: chromium } : {}),
                args: ['--no-sandbox', '--enable-unsafe-webgpu'],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
