// Reads every OUT/ARCHITECTURE/NAME/recipe.yaml, or OUT/NAME/recipe.yaml, that make.py wrote as the page does, and merges
// by the engine itself; writes to amalgam/ beside it.
//   node tools/check-mergekit/merge.js MODELS OUT
import { withModule } from '../with-module.js';

const [models, out] = process.argv.slice(2);
if (!models || !out) throw new Error('Name the folder of models and the folder to write to.');
await withModule('/tools/check-mergekit/merges.ts', ({ mergeAll }) => mergeAll(models, out));
