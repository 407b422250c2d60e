import type { Command } from './command.ts';

export const mergekitRecipe: Command = {
  id: 'mergekit',
  label: 'Paste or copy a mergekit recipe',
  shortcut: null,
  enabled: () => true,
  run: ({ view }) => view.getState().open('mergekit'),
};
