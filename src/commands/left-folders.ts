import {
  forgetFolder,
  type NotedFolder,
  notedFolders,
  noteFolder,
} from '../stores/noted-folders.ts';
import { failureOf, type Session } from '../stores/session.ts';

/** Held while a merge writes into a folder: it is under way, in this tab or another. */
const lockName = (id: string) => `amalgam-folder:${id}`;

/** Notes that a merge writes into `parent/name`, for when the browser ends first. Returns how to end it. */
export async function holdFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<() => Promise<void>> {
  const id = crypto.randomUUID();
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  void navigator.locks?.request(lockName(id), () => held);
  await noteFolder({ id, parent, name });
  return async () => {
    await forgetFolder(id);
    letGo();
  };
}

/** Folders in which this browser noted a merge that came to no end. */
export async function listLeftFolders({ engine, run }: Session): Promise<void> {
  const left: NotedFolder[] = [];
  for (const folder of await endedFolders()) {
    const { parent, name } = folder;
    const mayLook = (await parent.queryPermission?.({ mode: 'read' })) === 'granted';
    const names = mayLook ? await engine.unfinishedIn(parent).catch(() => null) : null;
    // Where it may not look, it asks: the user's press gives the permission.
    if (names === null || names.includes(name)) left.push(folder);
    else await forgetFolder(folder.id);
  }
  run.getState().setLeftFolders(left);
}

/** Looks for unfinished merges beside the one that is about to be written, also of another browser. */
export async function lookForLeftFolders(
  { engine, run }: Session,
  parent: FileSystemDirectoryHandle,
): Promise<void> {
  const ended = new Set((await endedFolders()).map(({ id }) => id));
  const underWay = (await notedFolders()).filter(({ id }) => !ended.has(id));
  const known = [...underWay, ...run.getState().leftFolders];
  const added: NotedFolder[] = [];
  for (const name of await engine.unfinishedIn(parent).catch(() => [])) {
    const same = known.filter((folder) => folder.name === name);
    const isKnown = await Promise.all(same.map((folder) => folder.parent.isSameEntry(parent)));
    if (!isKnown.includes(true)) added.push({ id: crypto.randomUUID(), parent, name });
  }
  if (added.length > 0) run.getState().setLeftFolders([...run.getState().leftFolders, ...added]);
}

/** Removes what is unfinished in them; files that no merge wrote stay, and so do finished models. */
export async function removeLeftFolders(session: Session): Promise<void> {
  const { run, view } = session;
  const left: NotedFolder[] = [];
  for (const folder of run.getState().leftFolders) {
    try {
      await removeFrom(session, folder);
      await forgetFolder(folder.id);
    } catch (error) {
      left.push(folder);
      view.getState().tell(`${folder.name} could not be removed: ${failureOf(error).message}`);
    }
  }
  run.getState().setLeftFolders(left);
  if (left.length === 0) view.getState().tell('The leftovers are gone.');
}

async function removeFrom({ engine }: Session, { parent, name }: NotedFolder): Promise<void> {
  const permission = await parent.requestPermission?.({ mode: 'readwrite' });
  if (permission === 'denied') throw new Error('writing in its folder was not allowed');
  const handle = await parent.getDirectoryHandle(name).catch(() => null);
  if (handle === null) return;
  await engine.discard({ kind: 'directory', handle });
  await removeEmpty(parent, handle);
}

/** Takes a folder away in which nothing is but what the browser left of its writing. */
export async function removeEmpty(
  parent: FileSystemDirectoryHandle,
  folder: FileSystemDirectoryHandle,
): Promise<void> {
  for await (const name of folder.keys()) if (!name.endsWith('.crswap')) return;
  await parent.removeEntry(folder.name, { recursive: true });
}

async function endedFolders(): Promise<readonly NotedFolder[]> {
  const noted = await notedFolders();
  if (noted.length === 0) return [];
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const locks = new Set(held.map(({ name }) => name));
  return noted.filter(({ id }) => !locks.has(lockName(id)));
}
