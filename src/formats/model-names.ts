/** What models are called on screen, by the folders and files they came in. */
import { nameOf, type WeightSet } from './weight-files.ts';

type Named = { readonly name: string; readonly root: string; readonly weights: readonly string[] };

/** The Hub's cache keeps a model's name above the folder of a commit. */
export function folderName(root: string): string {
  const cached = /models--[^/]+--([^/]+)\/snapshots\//.exec(root)?.[1];
  return cached ?? root.split('/').at(-2) ?? '';
}

/** The folder's name; with the file's where a folder says nothing or holds several models. */
export function setName(root: string, set: WeightSet, all: readonly WeightSet[]): string {
  const folder = folderName(root);
  const same = all.filter(({ stem }) => stem === set.stem).length > 1;
  const own = same ? `${set.stem}, ${nameOf(set)}` : set.stem;
  if (folder === '') return own;
  return all.length > 1 ? `${folder}/${own}` : folder;
}

/** Two things never carry one name on screen: folders tell them apart, then their first file does. */
export function withUniqueNames<M extends Named>(models: readonly M[]): readonly M[] {
  const rename = (list: readonly M[], name: (model: M) => string) => {
    const counts = new Map<string, number>();
    for (const model of list) counts.set(model.name, (counts.get(model.name) ?? 0) + 1);
    return list.map((m) => (counts.get(m.name) === 1 ? m : { ...m, name: name(m) }));
  };
  const byFolder = rename(models, ({ root, name }) => root.slice(0, -1) || name);
  return rename(byFolder, ({ weights }) => weights[0]);
}
