import type { Command } from './command.ts';

export const showConflicts: Command = {
  id: 'show-conflicts',
  label: 'Show Conflicts',
  shortcut: '2',
  enabled: () => true,
  run: ({ view }) => view.getState().showTab('conflicts'),
};
