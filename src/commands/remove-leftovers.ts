import { failureOf } from '../stores/session.ts';
import { forget } from '../stores/storage.ts';
import type { Command } from './command.ts';
import { runMark } from './merge.ts';

export const removeLeftovers: Command = {
  id: 'remove-leftovers',
  label: 'Remove the leftovers',
  shortcut: null,
  enabled: ({ run }) => run.getState().leftovers.length > 0,
  run: async ({ engine, run, view }) => {
    try {
      await engine.removeLeftovers();
      forget(runMark);
      run.getState().setLeftovers([]);
      view.getState().tell('The leftovers are gone.');
    } catch (error) {
      view.getState().tell(`The leftovers could not be removed: ${failureOf(error).message}`);
    }
  },
};
