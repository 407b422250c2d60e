// What the parts need before they run: their TypeScript bundled for Node, and the pages built and served.
// Everything is bundled as the app is; a development server's imports would slow it down.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, preview } from 'vite';

const cache = 'node_modules/.cache/bench';

/**
 * @param {readonly string[]} paths of modules that export `measure`
 * @returns {Promise<readonly import('./part.ts').Part[]>}
 */
export async function loadModules(paths) {
  const outDir = join(cache, 'node');
  const input = Object.fromEntries(paths.map((path, index) => [`part-${index}`, path]));
  await build({
    logLevel: 'error',
    build: { ssr: true, outDir, emptyOutDir: true, copyPublicDir: false, rollupOptions: { input } },
  });
  return Promise.all(
    paths.map((_, index) => import(pathToFileURL(join(outDir, `part-${index}.js`)).href)),
  );
}

/** The workbench and the benchmarks' own page. The address ends with a slash. */
export async function servePages() {
  const outDir = join(cache, 'pages');
  const input = ['index.html', 'bench/page/page.html'];
  await build({
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, rollupOptions: { input } },
  });
  const server = await preview({
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0 },
  });
  return { address: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
}
