import type { Command } from './command.ts';

export const showShortcuts: Command = {
  id: 'shortcuts',
  label: 'Keyboard shortcuts',
  shortcut: '?',
  enabled: () => true,
  run: ({ view }) => view.getState().open('shortcuts'),
};
