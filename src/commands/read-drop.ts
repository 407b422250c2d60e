import type { Offered } from '../stores/dropped.ts';

export type Drop = {
  readonly offered: readonly Offered[];
  /** Names of the folders that were dropped; browsers may show nothing of what is in them. */
  readonly folders: readonly string[];
};

/** Every file of a drop, folders opened. Must be called while the drop event is being handled. */
export async function readDrop(data: DataTransfer): Promise<Drop> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) {
    return { offered: [...data.files].map((file) => ({ path: file.name, file })), folders: [] };
  }
  const folders = entries.filter((entry) => entry.isDirectory).map(({ name }) => name);
  return { offered: (await Promise.all(entries.map(filesOf))).flat(), folders };
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
