import type { Command } from './command.ts';

export const showTensors: Command = {
  id: 'show-tensors',
  label: 'Show Tensors',
  shortcut: '5',
  enabled: () => true,
  run: ({ view }) => view.getState().showTab('tensors'),
};
