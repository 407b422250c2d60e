import type { Command } from './command.ts';
import { abortRun } from './merge.ts';

export const cancel: Command = {
  id: 'cancel',
  label: 'Cancel',
  shortcut: 'Mod+.',
  enabled: ({ run }) => run.getState().phase === 'running',
  run: ({ run }) => {
    run.getState().beginCancel();
    abortRun();
  },
};
