// Reads every OUT/ARCHITECTURE/NAME/recipe.yaml, or OUT/NAME/recipe.yaml, that make.py wrote as the page does, and merges
// by the engine itself; writes to amalgam/ beside it.
//   node tools/check-mergekit/merge.js MODELS OUT
import { createServer } from 'vite';

const [models, out] = process.argv.slice(2);
if (!models || !out) throw new Error('Name the folder of models and the folder to write to.');
const server = await createServer({
  server: { middlewareMode: true, ws: false },
  appType: 'custom',
  logLevel: 'warn',
});
const { mergeAll } = await server.ssrLoadModule('/tools/check-mergekit/merges.ts');
await mergeAll(models, out);
await server.close();
process.exit(0);
