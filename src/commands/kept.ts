import { failureOf, type Session } from '../stores/session.ts';

/** Which finished merges lie in private storage; they stay until they are removed. */
export async function listKept({ engine, run }: Session): Promise<void> {
  run.getState().setKept(await engine.finished().catch(() => []));
}

/** What interrupted runs left there. */
export async function listLeftovers({ engine, run }: Session): Promise<void> {
  run.getState().setLeftovers(await engine.leftovers().catch(() => []));
}

export async function removeKept(session: Session, folder: string): Promise<void> {
  const { engine, run, view } = session;
  try {
    await engine.removeFinished(folder);
  } catch (error) {
    view.getState().tell(`${folder} could not be removed: ${failureOf(error).message}`);
  }
  const { saved } = run.getState();
  if (saved?.kind === 'opfs' && saved.folder === folder) run.getState().reset();
  await Promise.all([listKept(session), measureFree(session)]);
}

/** What the browser says is free for this page. */
export async function measureFree({ device }: Session): Promise<void> {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  const { quota, usage } = estimate ?? {};
  device.getState().setFree(quota === undefined ? null : quota - (usage ?? 0));
}
