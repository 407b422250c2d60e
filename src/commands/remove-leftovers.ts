import { failureOf } from '../stores/session.ts';
import type { Command } from './command.ts';
import { listLeftovers, measureFree } from './kept.ts';

export const removeLeftovers: Command = {
  id: 'remove-leftovers',
  label: 'Remove the leftovers',
  shortcut: null,
  enabled: ({ run }) => run.getState().leftovers.length > 0,
  run: async (session) => {
    const { engine, view } = session;
    try {
      await engine.removeLeftovers();
      view.getState().tell('The leftovers are gone.');
    } catch (error) {
      view.getState().tell(`The leftovers could not be removed: ${failureOf(error).message}`);
    }
    await Promise.all([listLeftovers(session), measureFree(session)]);
  },
};
