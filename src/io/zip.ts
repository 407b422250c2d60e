import { makeZip, predictLength } from 'client-zip';
import { asWriteError } from './errors.ts';
import { removeIfThere, runFiles, runsFolder } from './opfs-runs.ts';
import { openSyncFile } from './sync-file.ts';

export type ZipOptions = {
  readonly signal?: AbortSignal;
  /** Bytes of the archive so far, and in all. */
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * Packs a finished run in private storage into one archive beside it, and returns the file on disk for
 * a download. Nothing is compressed: weights do not shrink. Larger than 4 GiB becomes zip64. Needs a
 * dedicated worker. `removeRun` takes the archive away too.
 */
export async function zipRun(folder: string, options: ZipOptions = {}): Promise<File> {
  const { signal, onProgress } = options;
  const entries = (await runFiles(folder)).map(({ path, file }) => ({
    name: `${folder}/${path}`,
    size: file.size,
    lastModified: file.lastModified,
    input: file,
  }));
  const total = Number(predictLength(entries));
  const runs = await runsFolder();
  const name = `${folder}.zip`;
  const handle = await runs.getFileHandle(name, { create: true }).catch((error: unknown) => {
    throw asWriteError(error, name);
  });
  const file = await openSyncFile(handle, name, total);
  const reader = makeZip(entries).getReader(); // Safari cannot iterate a stream
  try {
    let done = 0;
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      signal?.throwIfAborted();
      await file.write(chunk.value as Uint8Array<ArrayBuffer>, done);
      done += chunk.value.length;
      onProgress?.(done, total);
    }
    await file.close();
    return await handle.getFile();
  } catch (error) {
    await reader.cancel().catch(() => {}); // keep the first error
    file.release();
    await removeIfThere(runs, name);
    throw asWriteError(error, name);
  }
}
