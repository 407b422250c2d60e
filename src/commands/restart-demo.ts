import { demoId, type Family } from '../stores/family.ts';
import { demoRecipe, openDemo, openMember, type Session } from '../stores/session.ts';
import type { Command } from './command.ts';

export const restartDemo: Command = {
  id: 'demo',
  label: 'Use the demo family',
  shortcut: null,
  enabled: () => true,
  run: useDemo,
};

export const restartDemoAdapters: Command = {
  id: 'demo-adapters',
  label: 'Use the demo’s adapters',
  shortcut: null,
  enabled: () => true,
  run: useDemoAdapters,
};

async function useDemo(session: Session): Promise<void> {
  const family = await familyOf(session);
  if (!family) return;
  const { method, dialect, arithmetic, values } = session.recipe.getState().recipe;
  session.recipe.getState().replace({ ...demoRecipe(family), method, dialect, arithmetic, values });
}

async function useDemoAdapters(session: Session): Promise<void> {
  const family = await familyOf(session);
  if (!family) return;
  session.recipe.getState().replace({
    ...demoRecipe(family, 'adapter'),
    values: { lambda: 1 },
  });
  const { slots } = session.models.getState();
  await Promise.all(
    family.members
      .filter(({ id, role }) => role === 'adapter' && !slots[demoId(id)])
      .map((member) => openMember(session, member)),
  );
}

async function familyOf(session: Session): Promise<Family | null> {
  const { demo } = session.models.getState();
  return demo.kind === 'ready' ? demo.family : openDemo(session);
}
