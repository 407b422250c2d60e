import type { Command } from './command.ts';

export const peftCall: Command = {
  id: 'peft-call',
  label: 'Paste or copy a call of add_weighted_adapter',
  shortcut: null,
  enabled: () => true,
  run: ({ view }) => view.getState().open('peft-call'),
};
