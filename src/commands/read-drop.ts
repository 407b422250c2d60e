import type { Offered } from '../stores/dropped.ts';
import type { Root } from '../stores/remembered-models.ts';

export type Drop = {
  readonly offered: readonly Offered[];
  /** Names of the folders that were dropped; browsers may show nothing of what is in them. */
  readonly folders: readonly string[];
};

/** Every file of a drop, folders opened. Must be called while the drop event is being handled. */
export async function readDrop(data: DataTransfer): Promise<Drop> {
  const items = [...data.items].flatMap((item) => {
    const entry = item.webkitGetAsEntry();
    return entry ? [{ entry, root: rootOf(item) }] : [];
  });
  if (items.length === 0) {
    return { offered: [...data.files].map((file) => ({ path: file.name, file })), folders: [] };
  }
  const folders = items.filter(({ entry }) => entry.isDirectory).map(({ entry }) => entry.name);
  const found = items.map(async ({ entry, root }) =>
    (await filesOf(entry)).map((offered) => ({ ...offered, root })),
  );
  return { offered: (await Promise.all(found)).flat(), folders };
}

/** By which the files can be reached again after a reload, in browsers that give it. */
async function rootOf(item: DataTransferItem): Promise<Root | null> {
  const handle = await item.getAsFileSystemHandle?.().catch(() => null);
  return (handle as Root | null | undefined) ?? null;
}

async function filesOf(entry: FileSystemEntry): Promise<readonly Offered[]> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Offered[] = [];
  // A reader gives at most a hundred entries at a time and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    found.push(...(await Promise.all(some.map(filesOf))).flat());
  }
}
