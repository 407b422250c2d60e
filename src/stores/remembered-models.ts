import { inStore } from './database.ts';

/**
 * Where models came from, by their id in the recipe: the files and folders that were dropped or picked, as
 * far as the browser gives handles to them. Nothing here throws.
 */
export type Root = FileSystemFileHandle | FileSystemDirectoryHandle;

/** No roots: the model is forgotten, as what the browser will not find again. */
export async function rememberModel(id: string, roots: readonly Root[]): Promise<void> {
  const noting =
    roots.length > 0
      ? inStore('models', 'readwrite', (store) => store.put(roots, id))
      : inStore('models', 'readwrite', (store) => store.delete(id));
  await noting.catch(() => {});
}

export async function rootsOf(id: string): Promise<readonly Root[]> {
  return (
    (await inStore<Root[] | undefined>('models', 'readonly', (store) => store.get(id)).catch(
      () => undefined,
    )) ?? []
  );
}

export function rememberedModels(): Promise<readonly string[]> {
  return inStore('models', 'readonly', (store) => store.getAllKeys())
    .then((keys) => keys.map(String))
    .catch(() => []);
}
