import type { Command } from '../command.ts';

export const browseHub: Command = {
  id: 'hub',
  label: 'Find models on Hugging Face',
  shortcut: 'Mod+K',
  enabled: () => true,
  run: ({ view }) => view.getState().open('hub'),
};
