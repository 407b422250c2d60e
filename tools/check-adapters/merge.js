// Merges adapters, those of the demo and those that make.py made, by the engine itself and writes what comes
// out to OUT/SCENE/NAME.
//   node tools/check-adapters/merge.js MODELS OUT
import { createServer } from 'vite';

const [models, out] = process.argv.slice(2);
if (!models || !out) throw new Error('Name the folder of models and the folder to write to.');
const server = await createServer({
  server: { middlewareMode: true, ws: false },
  appType: 'custom',
  logLevel: 'warn',
});
const { mergeAll, nameAll } = await server.ssrLoadModule('/tools/check-adapters/merges.ts');
await mergeAll(models, out);
await nameAll(models, out);
await server.close();
process.exit(0);
