// Reads series.yaml as the page does, writes OUT/ARCHITECTURE/exported.yaml as it does, and merges each of its recipes by the
// engine itself; writes to amalgam/NAME beside it. Called by series.py.
//   node tools/check-mergekit/series.js MODELS OUT
import { withModule } from '../with-module.js';

const [models, out] = process.argv.slice(2);
if (!models || !out) throw new Error('Name the folder of models and the folder to write to.');
await withModule('/tools/check-mergekit/series.ts', ({ mergeSeries }) => mergeSeries(models, out));
