import { demoRecipe, openDemo, type Session } from '../stores/session.ts';
import type { Command } from './command.ts';

export const restartDemo: Command = {
  id: 'demo',
  label: 'Use the demo family',
  shortcut: null,
  enabled: () => true,
  run: useDemo,
};

async function useDemo(session: Session): Promise<void> {
  const { demo } = session.models.getState();
  const family = demo.kind === 'ready' ? demo.family : await openDemo(session);
  if (!family) return;
  const { method, dialect, arithmetic, values } = session.recipe.getState().recipe;
  session.recipe.getState().replace({ ...demoRecipe(family), method, dialect, arithmetic, values });
}
