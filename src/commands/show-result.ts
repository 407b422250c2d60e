import type { Command } from './command.ts';

export const showResult: Command = {
  id: 'show-result',
  label: 'Show Result',
  shortcut: '6',
  enabled: () => true,
  run: ({ view }) => view.getState().showTab('result'),
};
