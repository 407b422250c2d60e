import type { Command } from './command.ts';
import { saveFile } from './save-file.ts';

export const exportRecipe: Command = {
  id: 'export',
  label: 'Export recipe',
  shortcut: 'Mod+S',
  enabled: () => true,
  run: ({ recipe }) => {
    const document = recipe.getState().recipe;
    const text = `${JSON.stringify(document, null, 2)}\n`;
    saveFile(`${document.output.name}.recipe.json`, new Blob([text], { type: 'application/json' }));
  },
};
