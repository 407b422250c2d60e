import type { Theme } from '../stores/view.ts';
import type { Command } from './command.ts';

const next: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };

export const switchTheme: Command = {
  id: 'theme',
  label: 'Switch theme',
  shortcut: 'T',
  enabled: () => true,
  run: ({ view }) => view.getState().setTheme(next[view.getState().theme]),
};
