import type { Command } from './command.ts';

export const undo: Command = {
  id: 'undo',
  label: 'Undo',
  shortcut: 'Mod+Z',
  enabled: ({ recipe }) => recipe.getState().history.past.length > 0,
  run: ({ recipe }) => recipe.getState().undo(),
};
