import type { Command } from './command.ts';

export const share: Command = {
  id: 'share',
  label: 'Share link',
  shortcut: 'S',
  enabled: () => true,
  run: ({ view }) => view.getState().open('share'),
};
