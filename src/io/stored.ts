import { blobSource } from './blob.ts';
import { asReadError, ReadError } from './errors.ts';
import type { Source } from './source.ts';

/** TypeScript's types lack the mode; browsers without it give one handle only, whatever it says. */
type Opener = {
  createSyncAccessHandle(options: { mode: 'read-only' }): Promise<FileSystemSyncAccessHandle>;
};

export type OpenSource = Source & {
  /** Lets go of the file. */
  close(): void;
};

/** A file in private storage whose bytes are read as a blob's, from any thread. */
export function storedSource(name: string, handle: FileSystemFileHandle, size: number): Source {
  let opening: Promise<Source> | null = null;
  const open = async () => {
    try {
      return blobSource(name, await handle.getFile());
    } catch (error) {
      throw asReadError(error, name);
    }
  };
  return {
    name,
    size,
    local: { kind: 'stored', handle },
    async read(begin, end, signal, into) {
      opening ??= open();
      return (await opening).read(begin, end, signal, into);
    },
  };
}

/**
 * The same file read without a detour through the browser's main process, straight into where the bytes are
 * wanted. Needs a dedicated worker. Where the browser grants no such access, by another reader's or for want
 * of the interface, it reads as a blob.
 */
export async function openStored(name: string, handle: FileSystemFileHandle): Promise<OpenSource> {
  const access = await (handle as unknown as Opener)
    .createSyncAccessHandle({ mode: 'read-only' })
    .catch(() => null);
  if (access === null) return { ...blobSource(name, await handle.getFile()), close() {} };
  return {
    name,
    size: access.getSize(),
    instant: true,
    async read(begin, end, signal, into = new Uint8Array(end - begin)) {
      signal?.throwIfAborted();
      const count = access.read(into, { at: begin });
      if (count === into.length) return into;
      throw new ReadError('short', {
        file: name,
        found: `${count} bytes from byte ${begin}`,
        expected: `${into.length}`,
        advice: 'The file changed while it was open: open it again.',
      });
    },
    close: () => access.close(),
  };
}
