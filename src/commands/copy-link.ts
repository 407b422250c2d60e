import { linkHere } from '../stores/address.ts';
import type { Command } from './command.ts';

export const copyLink: Command = {
  id: 'copy-link',
  label: 'Copy link to this view',
  shortcut: null,
  enabled: () => true,
  async run(session) {
    const { view } = session;
    try {
      await navigator.clipboard.writeText(linkHere(session));
      view.getState().tell('A link to this view is copied: the recipe, and what you look at.');
    } catch {
      // Where the clipboard is not allowed the link can be copied by hand.
      view.getState().open('share');
    }
  },
};
