import type { Command } from './command.ts';
import { chooseFiles } from './pick-files.ts';
import { readRecipeFile } from './read-recipe-file.ts';

export const importRecipe: Command = {
  id: 'import',
  label: 'Import recipe',
  shortcut: 'Mod+I',
  enabled: () => true,
  run: async (session) => {
    const [file] = (await chooseFiles({ accept: '.json,.yaml,.yml,.md' })) ?? [];
    if (file) await readRecipeFile(session, file);
  },
};
