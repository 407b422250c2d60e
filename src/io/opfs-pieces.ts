import type { PieceStore } from './range-cache.ts';
import { removeIfThere } from './stored-merges.ts';
import { openSyncFile } from './sync-file.ts';

/** TypeScript's types lack it; all browsers with sync access handles have it. */
type Movable = { move(name: string): Promise<void> };

/** Pieces of a cache as files of one folder in private storage. Needs a dedicated worker. */
export function opfsPieces(folderName = 'range-cache'): PieceStore {
  const open = async () => {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle(folderName, { create: true });
  };
  let opening: Promise<FileSystemDirectoryHandle> | null = null;
  const folder = () => {
    opening ??= open();
    return opening;
  };
  return {
    async list() {
      const names: string[] = [];
      for await (const handle of (await folder()).values()) names.push(handle.name);
      return names;
    },
    async read(name) {
      const handle = await (await folder()).getFileHandle(name);
      return new Uint8Array(await (await handle.getFile()).arrayBuffer());
    },
    async write(name, bytes) {
      const handle = await (await folder()).getFileHandle(name, { create: true });
      const file = await openSyncFile(handle, name, bytes.length);
      try {
        await file.write(bytes, 0);
        await file.close();
      } finally {
        file.release();
      }
    },
    async rename(from, to) {
      const handle = await (await folder()).getFileHandle(from);
      await (handle as unknown as Movable).move(to);
    },
    async remove(name) {
      await removeIfThere(await folder(), name);
    },
  };
}
