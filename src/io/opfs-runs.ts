import { asWriteError } from './errors.ts';
import { filesBelow, type StoredFile } from './paths.ts';

/**
 * Private storage holds, in one folder: `name/` finished models, `name.partial/` runs that are going on
 * or were cut short, and `name.zip` archives made for downloading.
 */
export const partialSuffix = '.partial';

export type StoredRun = { readonly folder: string; readonly bytes: number };

/** The folder of all runs. Rejects with `WriteError` where the browser has no private storage. */
export async function runsFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle('runs', { create: true });
  } catch (error) {
    throw asWriteError(error, 'private storage');
  }
}

/** Held while a run writes; a closed tab lets go of it. */
export function lockName(folder: string): string {
  return `amalgam-run:${folder}`;
}

/** Runs that were cut short, by a closed tab or a crash. Those still going on are not among them. */
export async function listUnfinished(): Promise<readonly StoredRun[]> {
  const { held = [] } = await navigator.locks.query();
  const running = new Set(held.map(({ name }) => name));
  const partial = await list((name) => name.endsWith(partialSuffix));
  return partial
    .map(({ folder, bytes }) => ({ folder: folder.slice(0, -partialSuffix.length), bytes }))
    .filter(({ folder }) => !running.has(lockName(folder)));
}

/** Merged models that still lie in private storage. */
export function listFinished(): Promise<readonly StoredRun[]> {
  return list((name) => !name.endsWith(partialSuffix));
}

/** The files of a finished run, in order of path. */
export async function runFiles(folder: string): Promise<readonly StoredFile[]> {
  const runs = await runsFolder();
  try {
    return await filesBelow(await runs.getDirectoryHandle(folder));
  } catch (error) {
    throw asWriteError(error, folder);
  }
}

/** Removes all that is left of a run: files, unfinished files, archive. */
export async function removeRun(folder: string): Promise<void> {
  const runs = await runsFolder();
  for (const name of [folder, folder + partialSuffix, `${folder}.zip`]) {
    await removeIfThere(runs, name);
  }
}

export async function removeIfThere(from: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await from.removeEntry(name, { recursive: true });
  } catch (error) {
    const isGone = error instanceof DOMException && error.name === 'NotFoundError';
    if (!isGone) throw asWriteError(error, name);
  }
}

async function list(isWanted: (name: string) => boolean): Promise<readonly StoredRun[]> {
  const found: StoredRun[] = [];
  for await (const [name, handle] of await runsFolder()) {
    if (handle.kind !== 'directory' || !isWanted(name)) continue;
    const files = await filesBelow(handle);
    found.push({ folder: name, bytes: files.reduce((sum, { file }) => sum + file.size, 0) });
  }
  return found.sort((a, b) => (a.folder < b.folder ? -1 : 1));
}
