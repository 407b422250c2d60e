/**
 * Picked folders that a merge writes into, kept in the browser's database until the merge has come to an end:
 * handles cannot lie in local storage. Nothing here throws: without it only the memory is lost.
 */
export type NotedFolder = {
  readonly id: string;
  readonly parent: FileSystemDirectoryHandle;
  readonly name: string;
};

const storeName = 'folders';

export async function noteFolder(folder: NotedFolder): Promise<void> {
  await inStore('readwrite', (store) => store.put(folder, folder.id)).catch(() => {});
}

export async function forgetFolder(id: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(id)).catch(() => {});
}

export function notedFolders(): Promise<readonly NotedFolder[]> {
  return inStore<NotedFolder[]>('readonly', (store) => store.getAll()).catch(() => []);
}

async function inStore<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open('amalgam', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(storeName);
  const database = await answerOf(opening);
  try {
    return await answerOf(ask(database.transaction(storeName, mode).objectStore(storeName)));
  } finally {
    database.close();
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
