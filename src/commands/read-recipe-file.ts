import { limits } from '../recipe/limits.ts';
import { type ParsedRecipe, parseRecipeText, tooLong } from '../recipe/parse.ts';
import type { Session } from '../stores/session.ts';

/** Whether its name is that of a recipe of mergekit, or of a model card. */
export const mayBeMergekit = ({ name }: Pick<File, 'name'>) => /\.(?:ya?ml|md)$/i.test(name);

/** Puts a recipe file in place of the recipe, or says what is wrong with it. One of mergekit is shown first. */
export async function readRecipeFile(session: Session, file: File): Promise<void> {
  const { recipe, models, view } = session;
  if (mayBeMergekit(file) && file.size <= 4 * limits.text) {
    view.getState().offer(await file.text());
    return;
  }
  const parsed = await parsedFile(file);
  if ('recipe' in parsed) {
    recipe.getState().replace(parsed.recipe);
    view.getState().tell(`The recipe of ${file.name} is in place.`, true);
    return;
  }
  models
    .getState()
    .refuse(
      parsed.findings.map(({ message, advice }) => ({ name: file.name, reason: message, advice })),
    );
  view.getState().showPane('recipe');
}

/** Not even read when it is too long: a character takes four bytes at most. */
async function parsedFile(file: File): Promise<ParsedRecipe> {
  if (file.size > 4 * limits.text) return { findings: [tooLong(file.size)] };
  return parseRecipeText(await file.text());
}
