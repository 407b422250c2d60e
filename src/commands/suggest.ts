import type { Command } from './command.ts';

export const suggest: Command = {
  id: 'suggest',
  label: 'Suggest a method',
  shortcut: 'G',
  enabled: () => true,
  run: ({ view }) => view.getState().open('suggest'),
};
