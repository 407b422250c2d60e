import { limits } from '../recipe/limits.ts';
import { type ParsedRecipe, parseRecipeText, tooLong } from '../recipe/parse.ts';
import type { Session } from '../stores/session.ts';

/** Puts a recipe file in place of the recipe, or says what is wrong with it. */
export async function readRecipeFile(session: Session, file: File): Promise<void> {
  const { recipe, models, view } = session;
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
