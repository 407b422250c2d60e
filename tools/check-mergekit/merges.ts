import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Library } from '../../src/engine/library/library.ts';
import { emptyRecipe } from '../../src/recipe/defaults.ts';
import { importMergekit } from '../../src/recipe/mergekit/to-recipe.ts';
import { refTo } from '../../src/testing/model.ts';
import { mergeToDisk, openFolder } from '../engine-on-disk.ts';

/**
 * What mergekit was told, told to the page's reader; the models are called by their folders. `out` holds recipes, or
 * folders of recipes that have folders of models. Recipes of which something cannot be expressed are named, and not
 * merged.
 */
export async function mergeAll(models: string, out: string): Promise<void> {
  const isFlat = readdirSync(out).some((name) => existsSync(join(out, name, 'recipe.yaml')));
  for (const architecture of isFlat ? ['.'] : readdirSync(out).sort()) {
    const folder = join(models, architecture);
    const library = new Library();
    const open = await Promise.all(
      readdirSync(folder).map((name) => openFolder(library, name, join(folder, name))),
    );
    for (const name of readdirSync(join(out, architecture)).sort()) {
      const at = join(out, architecture, name);
      const text = readFileSync(join(at, 'recipe.yaml'), 'utf8');
      const read = importMergekit(text, open.map(refTo), emptyRecipe());
      const remarks = 'problem' in read ? [] : read.remarks;
      const leftOut = remarks.filter(({ kind }) => kind === 'left out').map(({ text }) => text);
      const missing = 'problem' in read ? [read.problem] : [...leftOut];
      if (!('problem' in read) && missing.length === 0) {
        const merge = mergeToDisk(library, read.recipe, open, join(at, 'amalgam'));
        // What mergekit refuses may be refused here, too.
        await (existsSync(join(at, 'refused.txt'))
          ? merge.catch(({ message }) => missing.push(message))
          : merge);
      }
      const shown = remarks.map(({ kind, text }) => `\n  ${kind}: ${text}`).join('');
      const said = missing.length > 0 ? `cannot be expressed: ${missing.join(' ')}` : 'merged';
      console.log(`${architecture}, ${name}: ${said}${shown}`);
    }
  }
}
