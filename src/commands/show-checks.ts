import type { Command } from './command.ts';

export const showChecks: Command = {
  id: 'show-checks',
  label: 'Show Checks',
  shortcut: '3',
  enabled: () => true,
  run: ({ view }) => view.getState().showTab('checks'),
};
