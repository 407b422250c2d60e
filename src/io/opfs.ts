import { blobSource } from './blob.ts';
import { asReadError, asWriteError, WriteError } from './errors.ts';
import { fileAt } from './paths.ts';
import type { Sink } from './sink.ts';
import {
  filesOf,
  lockName,
  type Marker,
  markerName,
  markerOf,
  mergesFolder,
  removeIfThere,
} from './stored-merges.ts';
import { openSyncFile, type SyncFile } from './sync-file.ts';

/**
 * Writes a model folder into private storage. Needs a dedicated worker. Files lie where they stay; the
 * marker that `commit` writes last makes them a finished merge, all of them at once. What an interrupted
 * run of this name left is removed first. Rejects with `WriteError`: tag `exists` where a finished merge
 * has the name, `busy` where a run goes on that writes there, in this tab or another.
 */
export async function opfsSink(folder: string): Promise<Sink> {
  const merges = await mergesFolder();
  const release = await holdLock(folder);
  let merge: FileSystemDirectoryHandle;
  let place: FileSystemDirectoryHandle;
  try {
    const before = await merges.getDirectoryHandle(folder).catch(() => null);
    if (before && (await markerOf(before))) throw taken(folder);
    await removeIfThere(merges, folder);
    merge = await merges.getDirectoryHandle(folder, { create: true });
    place = await filesOf(merge, true);
  } catch (error) {
    release();
    throw asWriteError(error, folder);
  }
  const files = new Map<string, { readonly file: SyncFile; readonly size: number }>();
  let state: 'open' | 'committed' | 'aborted' = 'open';

  const open = async (name: string, size: number) =>
    openSyncFile(await fileAt(place, name, { create: true }), name, size);

  /** Where the whole merge has vanished, that is what there is to say, whatever the browser answered. */
  async function explain(error: unknown, name: string): Promise<never> {
    const isThere = await merges.getDirectoryHandle(folder).catch(() => null);
    if (isThere) throw asWriteError(error, name);
    const found =
      'private storage was emptied while the merge was written, as when site data is cleared';
    const advice = 'Merge again, or save into a folder you pick.';
    throw new WriteError('gone', { file: name, found, advice }, error);
  }

  return {
    kind: 'opfs',
    async create(name, size) {
      if (state !== 'open' || files.has(name)) {
        const found = state === 'open' ? 'created twice' : `created after the run was ${state}`;
        throw new WriteError('closed', { file: name, found, advice: 'Run again.' });
      }
      const file = await open(name, size).catch((error: unknown) => explain(error, name));
      files.set(name, { file, size });
      const write: SyncFile['write'] = (bytes, at) =>
        file.write(bytes, at).catch((error: unknown) => explain(error, name));
      return { ...file, write };
    },
    async commit(verified) {
      if (state === 'committed') return;
      if (state === 'aborted') {
        const found = 'the run was aborted';
        throw new WriteError('closed', { file: folder, found, advice: 'Run again.' });
      }
      for (const { file } of files.values()) file.release();
      const sizes = Object.fromEntries([...files].map(([name, { size }]) => [name, size]));
      const finished = new Date().toISOString();
      const marker = { finished, verified, files: sizes };
      await writeMarker(merge, marker).catch((error: unknown) => explain(error, folder));
      state = 'committed';
      release();
    },
    async abort() {
      if (state === 'aborted') return; // the name may be another run's by now
      for (const { file } of files.values()) file.release();
      files.clear();
      state = 'aborted';
      await removeIfThere(merges, folder).finally(release);
    },
    async reopen(name) {
      try {
        const handle = await fileAt(place, name);
        return blobSource(name, await handle.getFile());
      } catch (error) {
        throw asReadError(error, name);
      }
    },
  };
}

/** Cut short at any byte it is no JSON, and the merge is as unfinished as without it. */
async function writeMarker(merge: FileSystemDirectoryHandle, marker: Marker): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(marker));
  const handle = await merge.getFileHandle(markerName, { create: true }).catch((error: unknown) => {
    throw asWriteError(error, markerName);
  });
  const file = await openSyncFile(handle, markerName, bytes.length);
  try {
    await file.write(bytes, 0);
    await file.close();
  } finally {
    file.release();
  }
}

function taken(folder: string): WriteError {
  const found = 'a finished merge has this name';
  return new WriteError('exists', { file: folder, found, advice: 'Merge again.' });
}

/** Resolves to the function that lets go. */
function holdLock(folder: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const hold = (lock: Lock | null) => {
      if (lock) return new Promise<void>((release) => resolve(release));
      const found = 'another run is writing here';
      const advice = 'Merge again: the next free name is taken.';
      reject(new WriteError('busy', { file: folder, found, advice }));
      return undefined;
    };
    navigator.locks.request(lockName(folder), { ifAvailable: true }, hold).catch(reject);
  });
}
