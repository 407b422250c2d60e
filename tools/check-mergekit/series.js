// Reads series.yaml as the page does, writes OUT/ARCHITECTURE/exported.yaml as it does, and merges each of its recipes by the
// engine itself; writes to amalgam/NAME beside it. Called by series.py.
//   node tools/check-mergekit/series.js MODELS OUT
import { createServer } from 'vite';

const [models, out] = process.argv.slice(2);
if (!models || !out) throw new Error('Name the folder of models and the folder to write to.');
const server = await createServer({
  server: { middlewareMode: true, ws: false },
  appType: 'custom',
  logLevel: 'warn',
});
const { mergeSeries } = await server.ssrLoadModule('/tools/check-mergekit/series.ts');
await mergeSeries(models, out);
await server.close();
process.exit(0);
