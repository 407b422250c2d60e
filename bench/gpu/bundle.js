// Makes a folder that measures a GPU on a machine with neither this repository nor its packages:
// `node bench/gpu/bundle.js FOLDER` here, then `node FOLDER/gpu-bench.mjs` there.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('Which folder? node bench/gpu/bundle.js FOLDER');
  process.exit(1);
}
await build({
  configFile: false,
  logLevel: 'error',
  // Dawn comes as a binary beside its script.
  ssr: { noExternal: true, external: ['webgpu'] },
  build: {
    ssr: 'bench/gpu/alone.ts',
    outDir: folder,
    emptyOutDir: true,
    copyPublicDir: false,
    sourcemap: false,
    rollupOptions: { output: { entryFileNames: 'gpu-bench.mjs', codeSplitting: false } },
  },
});
const here = `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`;
for (const path of ['package.json', 'index.js', 'LICENSE.md', join('dist', here)]) {
  const from = join('node_modules/webgpu', path);
  cpSync(from, join(folder, from), { recursive: true });
}
