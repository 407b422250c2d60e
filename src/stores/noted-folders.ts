import { inStore } from './database.ts';

/**
 * Picked folders that a merge writes into, kept in the browser's database until the merge has come to an end.
 * Nothing here throws.
 */
export type NotedFolder = {
  readonly id: string;
  readonly parent: FileSystemDirectoryHandle;
  readonly name: string;
};

export async function noteFolder(folder: NotedFolder): Promise<void> {
  await inStore('folders', 'readwrite', (store) => store.put(folder, folder.id)).catch(() => {});
}

export async function forgetFolder(id: string): Promise<void> {
  await inStore('folders', 'readwrite', (store) => store.delete(id)).catch(() => {});
}

export function notedFolders(): Promise<readonly NotedFolder[]> {
  return inStore<NotedFolder[]>('folders', 'readonly', (store) => store.getAll()).catch(() => []);
}
