import type { Offered } from '../stores/dropped.ts';
import type { Root } from '../stores/remembered-models.ts';

/** Every file of a folder, or the file itself, each with the handle it was reached from. */
export async function filesIn(root: Root): Promise<readonly Offered[]> {
  const reached = Promise.resolve(root);
  return (await below(root, root.name)).map((offered) => ({ ...offered, root: reached }));
}

async function below(entry: Root, path: string): Promise<readonly Offered[]> {
  if (entry.kind === 'file') return [{ path, file: await entry.getFile() }];
  const found: Offered[] = [];
  for await (const child of entry.values()) {
    if (child.kind === 'file' || !child.name.startsWith('.')) {
      found.push(...(await below(child, `${path}/${child.name}`)));
    }
  }
  return found;
}
