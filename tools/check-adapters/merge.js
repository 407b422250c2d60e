// Merges adapters, those of the demo and those that make.py made, by the engine itself and writes what comes
// out to OUT/SCENE/NAME.
//   node tools/check-adapters/merge.js MODELS OUT
import { withModule } from '../with-module.js';

const [models, out] = process.argv.slice(2);
if (!models || !out) throw new Error('Name the folder of models and the folder to write to.');
await withModule('/tools/check-adapters/merges.ts', async ({ mergeAll, nameAll }) => {
  await mergeAll(models, out);
  await nameAll(models, out);
});
