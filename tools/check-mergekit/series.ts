import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Library } from '../../src/engine/library/library.ts';
import { emptyRecipe } from '../../src/recipe/defaults.ts';
import { importSeries, readSeries } from '../../src/recipe/mergekit/series.ts';
import { exportSeries } from '../../src/recipe/mergekit/write-series.ts';
import { resultOf, stepsOf } from '../../src/recipe/series.ts';
import { refTo } from '../../src/testing/model.ts';
import { mergeToDisk, openFolder } from '../engine-on-disk.ts';

/** Merges the steps of series.yaml, the results of which are models of those after them; what mergekit is to run is written. */
export async function mergeSeries(models: string, out: string): Promise<void> {
  const text = readFileSync(new URL('series.yaml', import.meta.url), 'utf8');
  for (const architecture of readdirSync(out).sort()) {
    const folder = join(models, architecture);
    const library = new Library();
    const open = await Promise.all(
      readdirSync(folder).map((name) => openFolder(library, name, join(folder, name))),
    );
    const read = readSeries(text);
    if ('problem' in read) throw new Error(read.problem);
    const { recipe, made } = importSeries(text, read.steps, open.map(refTo), emptyRecipe());
    if (!recipe) throw new Error(JSON.stringify(made));
    const known = { adapters: new Set<string>(), baseDtype: null };
    const written = exportSeries(recipe, () => known);
    if (written.text === null || written.beyond.length > 0) throw new Error(written.beyond.join());
    writeFileSync(join(out, architecture, 'exported.yaml'), written.text);
    for (const { name, recipe: step } of stepsOf(recipe)) {
      const to = join(out, architecture, 'amalgam', name ?? 'last');
      await mergeToDisk(library, step, open, to);
      if (name !== null) open.push(await openFolder(library, resultOf(name).id, to));
    }
  }
}
