import { parseRecipeText } from '../recipe/parse.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { isSameMerge } from '../recipe/same-merge.ts';
import type { Session } from '../stores/session.ts';

/** The folder of a finished merge in private storage that was made of the same models by the same recipe, or null. */
export async function findKept(
  { engine }: Pick<Session, 'engine'>,
  recipe: Recipe,
): Promise<string | null> {
  const { name } = recipe.output;
  const finished = await engine.finished().catch(() => []);
  for (const { folder, verified } of finished) {
    if (!verified || !(folder === name || folder.startsWith(`${name}-`))) continue;
    const files = await engine.files(folder);
    const text = await files.find(({ path }) => path === 'amalgam-recipe.json')?.file.text();
    const parsed = text === undefined ? null : parseRecipeText(text);
    if (parsed && 'recipe' in parsed && isSameMerge(parsed.recipe, recipe)) return folder;
  }
  return null;
}
