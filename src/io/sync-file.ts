import { asWriteError, WriteError } from './errors.ts';
import type { SinkFile } from './sink.ts';

/** A file in private storage, written in any order. For a dedicated worker. */
export type SyncFile = Required<SinkFile> & {
  /** Lets go of the file whatever state it is in. */
  release(): void;
};

/** Bytes after which they are sent to the disk: it works beside the merge, not after it. */
const FLUSH_EVERY = 32 * 2 ** 20;

/** Empties the file. Closing checks that exactly `size` bytes were written. */
export async function openSyncFile(
  handle: FileSystemFileHandle,
  name: string,
  size: number,
): Promise<SyncFile> {
  const access = await handle.createSyncAccessHandle().catch((error: unknown) => {
    throw asWriteError(error, name);
  });
  access.truncate(0);
  let written = 0;
  let unflushed = 0;
  let state: 'open' | 'failed' | 'closed' = 'open';

  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      state = 'failed';
      throw asWriteError(error, name);
    }
  };
  const fail = (tag: WriteError['tag'], found: string, advice: string, expected?: string) => {
    state = 'failed';
    const context = { file: name, found, advice };
    return new WriteError(tag, expected === undefined ? context : { ...context, expected });
  };
  const flush = () => {
    attempt(() => access.flush());
    unflushed = 0;
  };
  const release = () => {
    if (state !== 'closed') access.close();
    state = 'closed';
  };

  return {
    release,
    async write(bytes, at) {
      if (state !== 'open') throw fail('closed', `written to when ${state}`, 'Run again.');
      const count = attempt(() => access.write(bytes, { at }));
      written += bytes.length;
      unflushed += bytes.length;
      if (count === bytes.length) {
        if (unflushed >= FLUSH_EVERY) flush();
        return;
      }
      // Out of quota, Chromium throws nothing: it answers with a short or an absurdly large count.
      const advice = 'Free some space on this device, or save into a folder.';
      throw fail('quota', `no room left at byte ${at}`, advice);
    },
    read(into, at) {
      const count = attempt(() => access.read(into, { at }));
      if (count === into.length) return;
      throw fail('disk', `${count} bytes from byte ${at}`, 'Check the disk.', `${into.length}`);
    },
    async close() {
      if (state !== 'open') throw fail('closed', `closed when ${state}`, 'Run again.');
      flush();
      release();
      if (written === size) return;
      throw fail('size', `${written} bytes`, 'Please report this fault.', `${size}`);
    },
  };
}
