import type { Command } from './command.ts';

export const showMethod: Command = {
  id: 'show-method',
  label: 'Show Method',
  shortcut: '1',
  enabled: () => true,
  run: ({ view }) => view.getState().showTab('method'),
};
