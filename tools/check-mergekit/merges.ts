import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Library } from '../../src/engine/library/library.ts';
import { emptyRecipe } from '../../src/recipe/defaults.ts';
import { importMergekit } from '../../src/recipe/mergekit/to-recipe.ts';
import { refTo } from '../../src/testing/model.ts';
import { mergeToDisk, openFolder } from '../engine-on-disk.ts';

/** What mergekit was told, told to the page's reader; the models are called by their folders. */
export async function mergeAll(folder: string, out: string): Promise<void> {
  const library = new Library();
  const names = readdirSync(folder);
  const models = await Promise.all(
    names.map((name) => openFolder(library, name, join(folder, name))),
  );
  for (const name of readdirSync(out).sort()) {
    const text = readFileSync(join(out, name, 'recipe.yaml'), 'utf8');
    const read = importMergekit(text, models.map(refTo), emptyRecipe());
    if ('problem' in read) throw new Error(`${name}: ${read.problem}`);
    await mergeToDisk(library, read.recipe, models, join(out, name, 'amalgam'));
    const remarks = read.remarks.map(({ kind, text }) => `${kind}: ${text}`);
    console.log([`${name}: merged`, ...remarks].join('\n  '));
  }
}
