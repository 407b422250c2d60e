import { blobSource } from './blob.ts';
import { asReadError, asWriteError, WriteError } from './errors.ts';
import { lockName, partialSuffix, removeIfThere, runsFolder } from './opfs-runs.ts';
import { baseName, folderOf } from './paths.ts';
import type { Sink } from './sink.ts';
import { openSyncFile, type SyncFile } from './sync-file.ts';

/** Moving within private storage; all browsers with sync access handles have it, TypeScript's types not. */
type Movable = { move(folder: FileSystemDirectoryHandle, name: string): Promise<void> };

/**
 * Writes a model folder into private storage. Needs a dedicated worker. Files lie in `folder.partial`
 * until `commit` moves them. Leftovers of an earlier run of this name are removed; a run that still goes
 * on, in this tab or another, makes it reject with `WriteError` (tag `busy`).
 */
export async function opfsSink(folder: string): Promise<Sink> {
  const runs = await runsFolder();
  const release = await holdLock(folder);
  const partialName = folder + partialSuffix;
  let place: FileSystemDirectoryHandle;
  try {
    await removeIfThere(runs, partialName);
    place = await runs.getDirectoryHandle(partialName, { create: true });
  } catch (error) {
    release();
    throw asWriteError(error, folder);
  }
  const files = new Map<string, { handle: FileSystemFileHandle; file: SyncFile }>();
  let state: 'open' | 'committed' | 'aborted' = 'open';

  return {
    kind: 'opfs',
    async create(name, size) {
      if (state !== 'open' || files.has(name)) {
        const found = state === 'open' ? 'created twice' : `created after the run was ${state}`;
        throw new WriteError('closed', { file: name, found, advice: 'Run again.' });
      }
      const handle = await newFile(place, name);
      const file = await openSyncFile(handle, name, size);
      files.set(name, { handle, file });
      return file;
    },
    async commit() {
      if (state === 'committed') return;
      if (state === 'aborted') {
        const found = 'the run was aborted';
        throw new WriteError('closed', { file: folder, found, advice: 'Run again.' });
      }
      try {
        await removeIfThere(runs, folder);
        await removeIfThere(runs, `${folder}.zip`); // it holds the model that is being replaced
        const final = await runs.getDirectoryHandle(folder, { create: true });
        for (const [name, { handle, file }] of files) {
          file.release();
          const into = await folderOf(final, name, { create: true });
          await (handle as unknown as Movable).move(into, baseName(name));
        }
        place = final;
        await removeIfThere(runs, partialName);
      } catch (error) {
        throw asWriteError(error, folder);
      }
      state = 'committed';
      release();
    },
    async abort() {
      for (const { file } of files.values()) file.release();
      files.clear();
      await removeIfThere(runs, partialName);
      if (state === 'committed') await removeIfThere(runs, folder);
      state = 'aborted';
      release();
    },
    async reopen(name) {
      try {
        const handle = await (await folderOf(place, name)).getFileHandle(baseName(name));
        return blobSource(name, await handle.getFile());
      } catch (error) {
        throw asReadError(error, name);
      }
    },
  };
}

async function newFile(
  place: FileSystemDirectoryHandle,
  path: string,
): Promise<FileSystemFileHandle> {
  try {
    const folder = await folderOf(place, path, { create: true });
    return await folder.getFileHandle(baseName(path), { create: true });
  } catch (error) {
    throw asWriteError(error, path);
  }
}

/** Resolves to the function that lets go. */
function holdLock(folder: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const hold = (lock: Lock | null) => {
      if (lock) return new Promise<void>((release) => resolve(release));
      const found = 'another run is writing here';
      const advice = 'Wait for it, stop it, or choose another name.';
      reject(new WriteError('busy', { file: folder, found, advice }));
      return undefined;
    };
    navigator.locks.request(lockName(folder), { ifAvailable: true }, hold).catch(reject);
  });
}
