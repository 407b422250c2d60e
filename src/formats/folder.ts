/** Which models a drop holds: folders with weights, and the components that a marker in one of them names. */
import { type ChosenWeights, chooseWeights, indicesToRead } from './choose-weights.ts';
import { componentsIn, hasOwnWeights, markerPattern, refuseMarker } from './components.ts';
import { FormatError } from './error.ts';
import { refuse } from './file-kinds.ts';
import { aboutLinks, unlinked } from './links.ts';
import { type DroppedFile, type FoundModel, modelsOf, type Recognised } from './model-folder.ts';
import { withUniqueNames } from './model-names.ts';
import { refuseUnfinished } from './unfinished-folder.ts';

export type Deciding = {
  /** Texts of the files that `toRead` names, by path. */
  readonly texts?: ReadonlyMap<string, string>;
  /** Files at the top came by themselves: folders beside them are not theirs. */
  readonly loose?: boolean;
};

/** Small files that must be read before it is known what the models are. */
export function toRead(files: readonly DroppedFile[]): readonly string[] {
  const visible = files.filter(isVisible);
  const indices = [...namesByFolder(visible)].flatMap(([folder, names]) =>
    indicesToRead(names).map((name) => folder + name),
  );
  return [...markersOf(visible), ...indices];
}

/** Tells which models a drop holds, and what in it cannot be used. */
export function recognise(
  files: readonly DroppedFile[],
  { texts = new Map(), loose = false }: Deciding = {},
): Recognised {
  const visible = files.filter(isVisible);
  const folders: Folders = new Map(
    [...namesByFolder(visible)].map(([folder, names]) => [
      folder,
      { names, chosen: chooseWeights(folder, names, texts) },
    ]),
  );
  const { componentOf, ownless } = findComponents(markersOf(visible), folders, texts);
  const roots = new Set([...componentOf.values()].map(({ root }) => root));
  for (const [folder, { chosen }] of folders) {
    if (hasWeights(chosen) && !componentOf.has(folder)) roots.add(folder);
  }
  const rootOf = rootFinder(roots, loose);
  const insideOf = grouped(files, ({ path }) => rootOf(path));

  const models: FoundModel[] = [];
  const others: FoundModel[] = [];
  const problems: FormatError[] = [];
  const paths = visible.map(({ path }) => path);
  const notes: FormatError[] = markersOf(visible).flatMap((path) => {
    const text = texts.get(path);
    return text === undefined ? [] : (refuseMarker(path, text, paths) ?? []);
  });
  for (const root of roots) {
    const own = folders.get(root);
    const unfinished = refuseUnfinished(root, own?.names ?? []);
    if (unfinished) {
      problems.push(unfinished);
      continue;
    }
    const components = [...componentOf].filter(([, component]) => component.root === root);
    const made = modelsOf(root, insideOf.get(root) ?? [], [
      ...(own && !ownless.has(root) ? [{ name: '', chosen: own.chosen }] : []),
      ...components.map(([folder, { name }]) => ({ name, chosen: folders.get(folder)!.chosen })),
    ]);
    models.push(...made.models);
    others.push(...made.others);
    problems.push(...made.problems);
    notes.push(...made.notes);
    // Beside a model it is no alarm.
    if (own && made.models.length === 0) problems.push(...refusals(root, own.names));
  }
  for (const [folder, { names, chosen }] of folders) {
    if (rootOf(folder + names[0]) !== null) continue;
    problems.push(...chosen.problems, ...refusals(folder, names));
  }
  const named = withUniqueNames([...models, ...others]);
  problems.push(
    ...unlinked(
      paths,
      models.flatMap(({ weights }) => weights),
    ),
  );
  if (models.length === 0 && problems.length === 0) problems.push(nothingFound(visible));
  return {
    models: named.slice(0, models.length),
    others: named.slice(models.length),
    problems,
    notes,
  };
}

/** By folder, with a slash at the end: names of the files in it, and which of them are weights of a model. */
type Folders = ReadonlyMap<
  string,
  { readonly names: readonly string[]; readonly chosen: ChosenWeights }
>;

/** Folders with weights that markers name, by path; and models whose own weights are copies of theirs. */
function findComponents(
  markers: readonly string[],
  folders: Folders,
  texts: ReadonlyMap<string, string>,
) {
  const componentOf = new Map<string, { readonly root: string; readonly name: string }>();
  const ownless = new Set<string>();
  for (const path of markers) {
    const root = folderOf(path);
    const found = componentsIn(path, texts.get(path) ?? '').filter((name) => {
      const folder = folders.get(`${root}${name}/`);
      return folder !== undefined && hasWeights(folder.chosen);
    });
    for (const name of found) componentOf.set(`${root}${name}/`, { root, name });
    if (found.length > 0 && !hasOwnWeights(path)) ownless.add(root);
  }
  return { componentOf, ownless };
}

/** Tells which of the roots a path belongs to: the nearest above it; null where there is none. */
function rootFinder(roots: ReadonlySet<string>, loose: boolean) {
  return (path: string): string | null => {
    for (let folder = folderOf(path); ; folder = folderOf(folder.slice(0, -1))) {
      if (roots.has(folder) && !(folder === '' && loose && path.includes('/'))) return folder;
      if (folder === '') return null;
    }
  };
}

const isVisible = ({ path }: DroppedFile) => !/(^|\/)[.]/.test(path) && !path.includes('__MACOSX/');

const hasWeights = ({ sets, problems, others }: ChosenWeights) =>
  sets.length > 0 || problems.length > 0 || others.length > 0;

/** One refusal of a kind in a folder is enough: a torch checkpoint may have dozens of shards. */
function refusals(folder: string, names: readonly string[]): readonly FormatError[] {
  const errors = names.flatMap((name) => refuse(name, folder + name) ?? []);
  return [...new Map(errors.toReversed().map((error) => [error.tag, error])).values()].reverse();
}

/** For a drop, or a part of one, that holds nothing to use. */
export function nothingFound(files: readonly DroppedFile[]): FormatError {
  const names = files.slice(0, 3).map(({ path }) => path);
  const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
  const all = `${names.join(', ')}${more}, but no weights`;
  return new FormatError('no-model', {
    file: names[0] ?? 'The drop',
    found: files.length === 0 ? 'no files' : files.length === 1 ? 'no weights' : all,
    expected: 'a .safetensors file, or a folder with model.safetensors or its shards',
    advice: `Drop the folder that holds the weights. ${aboutLinks}`,
  });
}

const markersOf = (files: readonly DroppedFile[]) =>
  files.map(({ path }) => path).filter((path) => markerPattern.test(path));

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);

function namesByFolder(files: readonly DroppedFile[]): ReadonlyMap<string, readonly string[]> {
  const groups = grouped(files, ({ path }) => folderOf(path));
  return new Map(
    [...groups].map(([folder, inside]) => [
      folder,
      inside.map(({ path }) => path.slice(folder.length)),
    ]),
  );
}

function grouped<K>(
  files: readonly DroppedFile[],
  keyOf: (file: DroppedFile) => K,
): ReadonlyMap<K, readonly DroppedFile[]> {
  const groups = new Map<K, DroppedFile[]>();
  for (const file of files) {
    const key = keyOf(file);
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return groups;
}
