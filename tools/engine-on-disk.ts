/** The engine on folders of this disk, in this process: what checks against other tools are made with. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Library } from '../src/engine/library/library.ts';
import { Tokenizers } from '../src/engine/library/tokenizers.ts';
import type { Model } from '../src/formats/model.ts';
import { plan } from '../src/plan/plan.ts';
import { emptyRecipe } from '../src/recipe/defaults.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { memorySource } from '../src/testing/memory-source.ts';
import { runInMemory } from '../src/testing/merge-run.ts';

/** A model of all files of a folder, called `id`. */
export function openFolder(library: Library, id: string, folder: string): Promise<Model> {
  const files = readdirSync(folder);
  const sources = files.map((name) => memorySource(name, readFileSync(join(folder, name))));
  return library.open(id, id, sources);
}

/** Merges open models, what is left out of the recipe by default, and writes the output to a folder. Throws what speaks against it. */
export async function mergeToDisk(
  library: Library,
  recipe: Partial<Recipe>,
  open: readonly Model[],
  folder: string,
): Promise<void> {
  const whole = { ...emptyRecipe(), ...recipe };
  const tokenizers = new Tokenizers(library);
  await tokenizers.waits(whole);
  const made = plan({
    recipe: whole,
    tokenizers: tokenizers.known(whole),
    models: new Map(open.map((model) => [model.id, model])),
    recipeHash: 'hash',
    producer: { version: '0', backend: 'cpu' },
  });
  if (!('plan' in made)) throw new Error(made.findings.map(({ message }) => message).join('\n'));
  const { sink, result } = await runInMemory(made.plan, library);
  const { verify } = result;
  if (verify.problems.length > 0) throw new Error(JSON.stringify(verify.problems));
  for (const [name, bytes] of sink.files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}
