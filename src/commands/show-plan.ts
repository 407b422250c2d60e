import type { Command } from './command.ts';

export const showPlan: Command = {
  id: 'show-plan',
  label: 'Show Plan',
  shortcut: '4',
  enabled: () => true,
  run: ({ view }) => view.getState().showTab('plan'),
};
