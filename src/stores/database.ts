/**
 * The browser's database: for handles of files and folders, which cannot lie in local storage, and for scores and tasks, which
 * would not fit there. Without it only their memory is lost, so what asks here says what it does then.
 */
const stores = ['folders', 'models', 'scores', 'tasks'] as const;

export async function inStore<T>(
  name: (typeof stores)[number],
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open('amalgam', 3);
  opening.onupgradeneeded = () => {
    const there = opening.result.objectStoreNames;
    for (const store of stores) if (!there.contains(store)) opening.result.createObjectStore(store);
  };
  const database = await answerOf(opening);
  try {
    return await answerOf(ask(database.transaction(name, mode).objectStore(name)));
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
