import type { Command } from './command.ts';

export const redo: Command = {
  id: 'redo',
  label: 'Redo',
  shortcut: 'Mod+Shift+Z',
  enabled: ({ recipe }) => recipe.getState().history.future.length > 0,
  run: ({ recipe }) => recipe.getState().redo(),
};
