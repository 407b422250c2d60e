import { type LeftOut, summed, whyLeftOut } from './beside.ts';
import {
  type ChosenSet,
  type ChosenWeights,
  chooseWeights,
  indicesToRead,
} from './choose-weights.ts';
import { componentsIn, hasOwnWeights, markerPattern } from './components.ts';
import { FormatError } from './error.ts';
import { refuse } from './file-kinds.ts';
import { folderName, setName, withUniqueNames } from './model-names.ts';
import { nameOf } from './weight-files.ts';

export type DroppedFile = {
  /** Relative, with forward slashes; the last part is the file's name. */
  readonly path: string;
  readonly size: number;
};

/** Weights of one folder of a model. */
export type FoundComponent = {
  /** Its folder in the model's; empty for the model's own. */
  readonly name: string;
  /** Paths, shards in order. */
  readonly weights: readonly string[];
  readonly index?: string;
};

export type FoundModel = {
  readonly name: string;
  /** The folder that holds all of it, with a slash at the end; empty at the top. */
  readonly root: string;
  readonly components: readonly FoundComponent[];
  /** Paths of all weights, by component. */
  readonly weights: readonly string[];
  /** Paths of the small files that go with it. */
  readonly companions: readonly string[];
  /** What lies in its folder and is not copied; names are paths in that folder. */
  readonly leftOut: readonly LeftOut[];
};

export type Recognised = {
  readonly models: readonly FoundModel[];
  /** The same folders read otherwise: variants, and weights that an index does not name. */
  readonly others: readonly FoundModel[];
  /** What was meant to be a model and cannot be used. */
  readonly problems: readonly FormatError[];
  /** What was left out beside a model that can be used. */
  readonly notes: readonly FormatError[];
};

export type Deciding = {
  /** Texts of the files that `toRead` names, by path. */
  readonly texts?: ReadonlyMap<string, string>;
  /** Files at the top came by themselves: folders beside them are not theirs. */
  readonly loose?: boolean;
};

/** Small files that must be read before it is known what the models are. */
export function toRead(files: readonly DroppedFile[]): readonly string[] {
  const visible = files.filter(isVisible);
  const indices = [...byFolder(visible)].flatMap(([folder, inside]) =>
    indicesToRead(inside.map(({ path }) => path.slice(folder.length))).map((name) => folder + name),
  );
  return [...visible.map(({ path }) => path).filter((p) => markerPattern.test(p)), ...indices];
}

/** Tells which models a drop holds, and what in it cannot be used. */
export function recognise(
  files: readonly DroppedFile[],
  { texts = new Map(), loose = false }: Deciding = {},
): Recognised {
  const visible = files.filter(isVisible);
  const folders = new Map(
    [...byFolder(visible)].map(([folder, inside]) => {
      const names = inside.map(({ path }) => path.slice(folder.length));
      return [folder, { names, chosen: chooseWeights(folder, names, texts) }] as const;
    }),
  );
  const componentOf = new Map<string, { readonly root: string; readonly name: string }>();
  const ownless = new Set<string>(); // pipelines: weights beside their marker are copies
  for (const path of visible.map((file) => file.path).filter((p) => markerPattern.test(p))) {
    const root = path.slice(0, path.lastIndexOf('/') + 1);
    const parts = componentsIn(path, texts.get(path) ?? '');
    const found = parts.filter((name) => hasWeights(folders.get(`${root}${name}/`)?.chosen));
    for (const name of found) componentOf.set(`${root}${name}/`, { root, name });
    if (found.length > 0 && !hasOwnWeights(path)) ownless.add(root);
  }

  const roots = new Set([...componentOf.values()].map(({ root }) => root));
  for (const [folder, { chosen, names }] of folders) {
    const isMeant = hasWeights(chosen) || names.some((name) => name.startsWith('adapter_'));
    if (isMeant && !componentOf.has(folder)) roots.add(folder);
  }
  const rootOf = (path: string): string | null => {
    for (let folder = path.slice(0, path.lastIndexOf('/') + 1); ; ) {
      if (roots.has(folder) && !(folder === '' && loose && path.includes('/'))) return folder;
      if (folder === '') return null;
      folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
    }
  };

  const models: FoundModel[] = [];
  const others: FoundModel[] = [];
  const problems: FormatError[] = [];
  const notes: FormatError[] = [];
  for (const root of roots) {
    const parts = [...componentOf].filter(([, part]) => part.root === root);
    const inside = files.filter(({ path }) => path.startsWith(root) && rootOf(path) === root);
    const made = modelsOf(root, inside, {
      own: ownless.has(root) ? null : (folders.get(root)?.chosen ?? null),
      parts: parts.map(([folder, { name }]) => ({ name, chosen: folders.get(folder)!.chosen })),
    });
    models.push(...made.models);
    others.push(...made.others);
    problems.push(...made.problems);
    notes.push(...made.notes);
    const names = folders.get(root)?.names ?? [];
    if (made.models.length > 0 && !names.some((name) => name.startsWith('adapter_'))) continue;
    const refused = dropRepeats(names.flatMap((name) => refuse(name, root + name) ?? []));
    (made.models.length > 0 ? notes : problems).push(...refused);
  }
  for (const [folder, { names, chosen }] of folders) {
    if (names.some((name) => rootOf(folder + name) !== null)) continue;
    problems.push(...chosen.problems);
    problems.push(...dropRepeats(names.flatMap((name) => refuse(name, folder + name) ?? [])));
  }
  const named = withUniqueNames([...models, ...others]);
  const found = {
    models: named.slice(0, models.length),
    others: named.slice(models.length),
    notes,
  };
  if (models.length > 0 || problems.length > 0) return { ...found, problems };
  return { ...found, problems: [nothingFound(visible)] };
}

type Ingredients = {
  readonly own: ChosenWeights | null;
  readonly parts: readonly { readonly name: string; readonly chosen: ChosenWeights }[];
};

/** One model, or one for each name of weights where a folder without components holds several. */
function modelsOf(
  root: string,
  inside: readonly DroppedFile[],
  { own, parts }: Ingredients,
): Recognised {
  const all = [...(own ? [own] : []), ...parts.map(({ chosen }) => chosen)];
  const problems = all.flatMap((each) => each.problems);
  const stray = new Map<string, string>();
  for (const [name, why] of own?.stray ?? []) stray.set(name, why);
  for (const part of parts) {
    for (const [name, why] of part.chosen.stray) stray.set(`${part.name}/${name}`, why);
  }
  const notes = [...(own?.stray ?? [])].map(([name, why]) => strayNote(root + name, why));

  const make = (name: string, sets: readonly (readonly [string, ChosenSet])[]): FoundModel => {
    const components = sets.map(([part, { files, index }]): FoundComponent => {
      const folder = part === '' ? root : `${root}${part}/`;
      return {
        name: part,
        weights: files.map((file) => folder + file),
        ...(index === undefined ? {} : { index: folder + index }),
      };
    });
    const weights = components.flatMap((component) => component.weights);
    const own = new Set([...weights, ...components.flatMap(({ index }) => index ?? [])]);
    const rest = inside.filter(({ path }) => !own.has(path));
    const judged = rest.map(({ path, size }) => {
      const relative = path.slice(root.length);
      return { path, leftOut: leftOutOf(relative, size, stray, sets, inside, root) };
    });
    return {
      name,
      root,
      components,
      weights,
      companions: judged.filter(({ leftOut }) => leftOut === null).map(({ path }) => path),
      leftOut: summed(judged.flatMap(({ leftOut }) => leftOut ?? [])),
    };
  };

  const name = folderName(root);
  if (parts.length > 0) {
    const first = [
      ...(own?.sets ?? []).slice(0, 1).map((set) => ['', set] as const),
      ...parts.flatMap((part) =>
        part.chosen.sets.slice(0, 1).map((set) => [part.name, set] as const),
      ),
    ];
    const variants = new Set(
      parts.flatMap(({ chosen }) => chosen.others.flatMap(({ variant }) => variant ?? [])),
    );
    const others = [...variants].map((variant) => {
      const swapped = first.map(([part, set]) => {
        const chosen = part === '' ? own : parts.find((each) => each.name === part)?.chosen;
        return [part, chosen?.others.find((other) => other.variant === variant) ?? set] as const;
      });
      // What differs comes first: the first file tells the readings of a folder apart.
      const inOrder = swapped.toSorted(
        (a, b) => Number(isOf(b, variant)) - Number(isOf(a, variant)),
      );
      return make(`${name || 'pipeline'} (${variant})`, inOrder);
    });
    const models = problems.length === 0 ? [make(name || 'pipeline', first)] : [];
    return { models, others: problems.length === 0 ? others : [], problems, notes };
  }
  const sets = own?.sets ?? [];
  const models = sets.map((set) => make(setName(root, set, sets), [['', set]]));
  const others = (own?.others ?? []).map((set) =>
    make(`${name || set.stem} (${set.variant ?? nameOf(set)})`, [['', set]]),
  );
  return { models, others, problems, notes };
}

const isOf = ([, set]: readonly [string, ChosenSet], variant: string) => set.variant === variant;

function leftOutOf(
  name: string,
  size: number,
  stray: ReadonlyMap<string, string>,
  sets: readonly (readonly [string, ChosenSet])[],
  inside: readonly DroppedFile[],
  root: string,
): LeftOut | null {
  const why = stray.get(name);
  if (why !== undefined) return { name, size, reason: why };
  const leftOut = whyLeftOut(name, size);
  if (leftOut === null || !/^[^/]+\/.*\.(?:bin|pt|pth|ckpt)$/.test(name)) return leftOut;
  const folder = name.slice(0, name.lastIndexOf('/'));
  const hasConfig = inside.some(({ path }) => path === `${root}${folder}/config.json`);
  if (!hasConfig || sets.some(([part]) => part === folder)) return leftOut;
  return {
    ...leftOut,
    reason: `the only weights of ${folder}, and a Python pickle`,
    matters: true,
  };
}

function strayNote(file: string, why: string): FormatError {
  return new FormatError('left-over', {
    file,
    found: why,
    expected: 'weights that the model is made of',
    advice: 'Left out. To use it, open this file by itself.',
  });
}

const isVisible = ({ path }: DroppedFile) => !/(^|\/)[.]/.test(path) && !path.includes('__MACOSX/');

const hasWeights = (chosen: ChosenWeights | undefined) =>
  chosen !== undefined &&
  (chosen.sets.length > 0 || chosen.problems.length > 0 || chosen.others.length > 0);

/** One refusal of a kind in a folder is enough: a torch checkpoint may have dozens of shards. */
function dropRepeats(errors: readonly FormatError[]): readonly FormatError[] {
  return [...new Map(errors.toReversed().map((error) => [error.tag, error])).values()].reverse();
}

function nothingFound(files: readonly DroppedFile[]): FormatError {
  const names = files.slice(0, 3).map(({ path }) => path);
  const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
  return new FormatError('no-model', {
    file: names[0] ?? 'The drop',
    found: files.length === 0 ? 'no files' : `${names.join(', ')}${more}, but no weights`,
    expected: 'a .safetensors file, or a folder with model.safetensors or its shards',
    advice: 'Drop the folder that holds the weights.',
  });
}

function byFolder(files: readonly DroppedFile[]): ReadonlyMap<string, readonly DroppedFile[]> {
  const groups = new Map<string, DroppedFile[]>();
  for (const file of files) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    const group = groups.get(folder);
    if (group) group.push(file);
    else groups.set(folder, [file]);
  }
  return groups;
}
