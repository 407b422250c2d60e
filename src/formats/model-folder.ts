/** The models that one folder holds: the weights of each, what goes with them, and what is left out. */
import { type LeftOut, summed, whyLeftOut } from './beside.ts';
import type { ChosenSet, ChosenWeights } from './choose-weights.ts';
import { FormatError } from './error.ts';
import { isPickle } from './file-kinds.ts';
import { identityOf } from './model.ts';
import { folderName, setName } from './model-names.ts';
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

/** Weights that were chosen in the folder itself, whose name is empty, or in one of its components. */
export type Part = { readonly name: string; readonly chosen: ChosenWeights };

type Folder = {
  readonly root: string;
  readonly inside: readonly DroppedFile[];
  readonly parts: readonly Part[];
  /** Weights that are not taken, by path in the folder, and why. */
  readonly stray: ReadonlyMap<string, string>;
};

/** Which set of a part a model takes. */
type Taken = { readonly part: string; readonly set: ChosenSet };

/**
 * One model of all parts, or one for each name of weights where there are no components. `root` ends in a
 * slash, `inside` is all that belongs to it, and its own weights are the first of `parts`.
 */
export function modelsOf(
  root: string,
  inside: readonly DroppedFile[],
  parts: readonly Part[],
): Recognised {
  const stray = new Map(
    parts.flatMap(({ name, chosen }) =>
      [...chosen.stray].map(([file, why]) => [identityOf(name, file), why] as const),
    ),
  );
  const folder = { root, inside, parts, stray };
  const isWhole = parts.some(({ name }) => name !== '');
  const own = parts.find(({ name }) => name === '')?.chosen;
  return {
    ...(isWhole ? modelOfParts(folder) : modelsOfSets(folder)),
    problems: parts.flatMap(({ chosen }) => chosen.problems),
    notes: [...(own?.stray ?? [])].map(([name, why]) => strayNote(root + name, why)),
  };
}

/** None where a part has a problem: a model without it would be another one. */
function modelOfParts(folder: Folder): Pick<Recognised, 'models' | 'others'> {
  const { root, parts } = folder;
  if (parts.some(({ chosen }) => chosen.problems.length > 0)) return { models: [], others: [] };
  const name = folderName(root) || 'pipeline';
  const taken = parts.flatMap(({ name: part, chosen }): readonly Taken[] =>
    chosen.sets.slice(0, 1).map((set) => ({ part, set })),
  );
  const othersOf = new Map(parts.map((part) => [part.name, part.chosen.others]));
  const variants = [...othersOf.values()].flat().flatMap(({ variant }) => variant ?? []);
  const others = [...new Set(variants)].map((wanted) => {
    const swapped = taken.map(({ part, set }) => {
      return { part, set: othersOf.get(part)?.find(({ variant }) => variant === wanted) ?? set };
    });
    // What differs comes first: the first file tells the readings of a folder apart.
    const isWanted = ({ set }: Taken) => set.variant === wanted;
    const inOrder = [...swapped.filter(isWanted), ...swapped.filter((one) => !isWanted(one))];
    return makeModel(`${name} (${wanted})`, inOrder, folder);
  });
  return { models: [makeModel(name, taken, folder)], others };
}

function modelsOfSets(folder: Folder): Pick<Recognised, 'models' | 'others'> {
  const { root, parts } = folder;
  const sets = parts.flatMap(({ chosen }) => chosen.sets);
  const others = parts.flatMap(({ chosen }) => chosen.others);
  const make = (name: string, set: ChosenSet) => {
    // What is a model by itself is not left out of this one.
    const foreign = new Set(sets.filter((each) => each !== set).flatMap(({ files }) => files));
    const inside = folder.inside.filter(({ path }) => !foreign.has(path.slice(root.length)));
    return makeModel(name, [{ part: '', set }], { ...folder, inside });
  };
  return {
    models: sets.map((set) => make(setName(root, set, sets), set)),
    others: others.map((set) =>
      make(`${folderName(root) || set.stem} (${set.variant ?? nameOf(set)})`, set),
    ),
  };
}

function makeModel(name: string, taken: readonly Taken[], folder: Folder): FoundModel {
  const { root, inside } = folder;
  const components = taken.map(({ part, set: { files, index } }): FoundComponent => {
    const pathOf = (file: string) => root + identityOf(part, file);
    const indexed = index === undefined ? {} : { index: pathOf(index) };
    return { name: part, weights: files.map(pathOf), ...indexed };
  });
  const weights = components.flatMap((component) => component.weights);
  const own = new Set([...weights, ...components.flatMap(({ index }) => index ?? [])]);
  const leftOutOf = judge(taken, folder);
  const companions: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const { path, size } of inside) {
    if (own.has(path)) continue;
    const out = leftOutOf(path.slice(root.length), size);
    if (out) leftOut.push(out);
    else companions.push(path);
  }
  return { name, root, components, weights, companions, leftOut: summed(leftOut) };
}

/** Tells why a file of the folder does not go with a model; null when it does. */
function judge(taken: readonly Taken[], { root, inside, stray }: Folder) {
  const paths = new Set(inside.map(({ path }) => path));
  const parts = new Set(taken.map(({ part }) => part));
  const isAdapter = taken.some(({ set }) => /^adapter_model/i.test(set.stem));
  return (name: string, size: number): LeftOut | null => {
    const why = stray.get(name);
    if (why !== undefined) return { name, size, reason: why };
    if (name === 'adapter_config.json' && !isAdapter) {
      return { name, size, reason: 'part of an adapter' };
    }
    const leftOut = whyLeftOut(name, size);
    const part = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    const isOnly = !parts.has(part) && paths.has(`${root}${part}/config.json`);
    if (leftOut === null || part === '' || !isPickle(name) || !isOnly) return leftOut;
    return {
      ...leftOut,
      reason: `the only weights of ${part}, and a Python pickle`,
      matters: true,
    };
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
