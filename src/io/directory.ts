import { blobSource } from './blob.ts';
import { asReadError, asWriteError, WriteError } from './errors.ts';
import { fileAt, filesBelow, removeBelow, type StoredFile } from './paths.ts';
import type { Sink, SinkFile } from './sink.ts';
import { removeNotice, writeNotice } from './unfinished.ts';

type Entry = {
  readonly handle: FileSystemFileHandle;
  readonly writable: FileSystemWritableFileStream;
  state: 'writing' | 'written' | 'failed' | 'visible';
};

/**
 * Writes a model folder into a folder the user picked. What is written lies in hidden swap files of the
 * browser; until `commit` there are only empty files under the final names, because the interface makes
 * them. Reading a file back before that makes this one file visible, whole. So a notice lies beside them
 * until all are there. A file that is there already is never written over.
 */
export function directorySink(folder: FileSystemDirectoryHandle): Sink {
  const entries = new Map<string, Entry>();
  /** Names of files, before they are made. */
  const announced: string[] = [];
  let state: 'open' | 'committed' | 'aborted' = 'open';

  const refuse = (tag: WriteError['tag'], file: string, found: string, advice = 'Run again.') =>
    new WriteError(tag, { file, found, advice });

  async function show(name: string, entry: Entry): Promise<void> {
    if (entry.state === 'visible') return;
    if (entry.state !== 'written') throw refuse('closed', name, `it is ${entry.state}`);
    await guard(name, entry, () => entry.writable.close());
    entry.state = 'visible';
  }

  return {
    kind: 'directory',
    async create(name, size) {
      if (state !== 'open') throw refuse('closed', name, `created after the run was ${state}`);
      if (entries.has(name) || (await exists(folder, name))) {
        const advice = 'Pick an empty folder, or move this file away.';
        throw refuse('exists', name, 'a file of this name is in the folder', advice);
      }
      announced.push(name);
      await writeNotice(folder, announced).catch((error: unknown) => {
        throw asWriteError(error, name);
      });
      const entry = await openEntry(folder, name);
      entries.set(name, entry);
      return sinkFile(name, size, entry);
    },
    async commit() {
      if (state === 'aborted') throw refuse('closed', folder.name, 'the run was aborted');
      for (const [name, entry] of [...entries].sort(byImportance)) await show(name, entry);
      await removeNotice(folder);
      state = 'committed';
    },
    async abort() {
      state = 'aborted';
      for (const [name, { writable, state }] of entries) {
        if (state !== 'visible') await writable.abort().catch(() => {}); // it may have failed already
        await removeSoon(folder, name);
      }
      entries.clear();
      await removeNotice(folder);
    },
    async reopen(name) {
      try {
        const entry = entries.get(name);
        if (entry) await show(name, entry);
        const handle = entry?.handle ?? (await fileAt(folder, name));
        return blobSource(name, await handle.getFile());
      } catch (error) {
        throw asReadError(error, name);
      }
    },
  };
}

/** The browser takes a moment to let go of a file; and the folder may be gone, or hold more. */
async function removeSoon(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (let tries = 0; tries < 10 && (await exists(folder, name).catch(() => false)); tries++) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await removeBelow(folder, name).catch(() => {});
  }
}

async function openEntry(folder: FileSystemDirectoryHandle, name: string): Promise<Entry> {
  try {
    const handle = await fileAt(folder, name, { create: true });
    const writable = await handle.createWritable().catch(async (error: unknown) => {
      await removeBelow(folder, name).catch(() => {}); // keep the first error
      throw error;
    });
    return { handle, writable, state: 'writing' };
  } catch (error) {
    throw asWriteError(error, name);
  }
}

function sinkFile(name: string, size: number, entry: Entry): SinkFile {
  let written = 0;
  const fail = (tag: WriteError['tag'], found: string, advice: string) =>
    new WriteError(tag, { file: name, found, expected: `${size} bytes`, advice });
  return {
    async write(data, position) {
      if (entry.state !== 'writing') throw fail('closed', `it is ${entry.state}`, 'Run again.');
      await guard(name, entry, () => entry.writable.write({ type: 'write', position, data }));
      written += data.length;
    },
    async close() {
      if (entry.state !== 'writing') throw fail('closed', `it is ${entry.state}`, 'Run again.');
      entry.state = written === size ? 'written' : 'failed';
      if (entry.state === 'written') return;
      throw fail('size', `${written} bytes`, 'Please report this fault.');
    },
  };
}

async function guard<T>(name: string, entry: Entry, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    entry.state = 'failed';
    throw asWriteError(error, name);
  }
}

async function exists(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await fileAt(folder, name);
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return false;
    throw asWriteError(error, name);
  }
}

/** Weights first and their index last: a folder with an index is complete. */
function byImportance([a]: readonly [string, Entry], [b]: readonly [string, Entry]): number {
  return importance(a) - importance(b);
}

function importance(name: string): number {
  if (name.endsWith('.safetensors')) return 0;
  return name.endsWith('.index.json') ? 2 : 1;
}

/** Every file below a picked folder. */
export async function folderFiles(
  folder: FileSystemDirectoryHandle,
): Promise<readonly StoredFile[]> {
  try {
    return await filesBelow(folder);
  } catch (error) {
    throw asReadError(error, folder.name);
  }
}
