/** Which weight files of one folder are the model, where names and the index can be read several ways. */
import { FormatError } from './error.ts';
import { aboutLinks } from './links.ts';
import { asOnDisk, parseIndex } from './safetensors/index.ts';
import {
  missingShards,
  modelWeights,
  nameOf,
  parseIndexName,
  shardNumber,
  type WeightSet,
  weightSets,
} from './weight-files.ts';

export type ChosenSet = WeightSet & { readonly index?: string };

export type ChosenWeights = {
  /** One for each stem: files of other names are other models. */
  readonly sets: readonly ChosenSet[];
  /** Complete sets that could be taken instead: variants, and what the index does not name. */
  readonly others: readonly ChosenSet[];
  /** Files of neither, and why. */
  readonly stray: ReadonlyMap<string, string>;
  readonly problems: readonly FormatError[];
};

/** Names of indices without which the names of a folder can be read in several ways. */
export function indicesToRead(names: readonly string[]): readonly string[] {
  const sets = weightSets(modelWeights(names));
  return names.filter((name) => {
    const index = parseIndexName(name);
    if (!index) return false;
    const family = sets.filter((set) => isOf(set, index));
    return sets.length !== 1 || family.length !== 1 || missingShards(family[0]).length > 0;
  });
}

/**
 * Chooses among the weights of one folder. An index decides where its files are all there; one whose files
 * are not is left over when there is something complete beside it. Without an index a single file goes
 * before shards, as transformers has it, and weights without a variant before those with one.
 */
export function chooseWeights(
  folder: string,
  names: readonly string[],
  texts: ReadonlyMap<string, string>,
): ChosenWeights {
  const problems: FormatError[] = [];
  const stray = new Map<string, string>();
  let sets: readonly ChosenSet[] = weightSets(modelWeights(names));
  const others: ChosenSet[] = [];
  const setAside = (set: ChosenSet, why: string) => {
    // Mistral publishes the same weights twice; "consolidated" is its own layout.
    const isCopy = set.stem.startsWith('consolidated');
    if (missingShards(set).length === 0 && !isCopy) others.push(set);
    for (const name of set.files) stray.set(name, why);
  };

  for (const name of names) {
    const index = parseIndexName(name);
    if (!index) continue;
    const family = sets.filter((set) => isOf(set, index));
    const text = texts.get(folder + name);
    if (text === undefined) {
      const [only] = family;
      if (only?.count != null) sets = sets.map((s) => (s === only ? { ...s, index: name } : s));
      continue;
    }
    const wanted = filesOf(text, folder + name, names, problems);
    if (wanted === null) continue;
    const absent = wanted.filter((file) => !names.includes(file));
    if (absent.length > 0 || wanted.length === 0) {
      const whole = family.filter((set) => missingShards(set).length === 0);
      if (whole.length > 0) continue; // the index is left over from other weights
      if (absent.length === 0) continue;
      problems.push(missingError(folder + name, absent, `the index names ${wanted.length} files`));
      sets = sets.filter((set) => !family.includes(set));
      continue;
    }
    const isNamed = (set: WeightSet) => set.files.some((file) => wanted.includes(file));
    const rest = sets.filter((set) => !isNamed(set));
    for (const set of rest.filter((each) => isOf(each, index))) {
      setAside(set, `left over: ${name} names other files`);
    }
    for (const file of sets.filter(isNamed).flatMap((set) => set.files)) {
      if (!wanted.includes(file)) stray.set(file, `left over: ${name} names other files`);
    }
    const files = wanted.toSorted((a, b) => shardNumber(a) - shardNumber(b) || (a < b ? -1 : 1));
    const chosen = { ...index, count: null, files, index: name };
    sets = [...rest.filter((each) => !isOf(each, index)), chosen];
  }

  const taken: ChosenSet[] = [];
  for (const set of sets) {
    const missing = missingShards(set);
    const rivals = sets.filter((each) => each !== set && isBetter(each, set));
    const rival = rivals.find((one) => !rivals.some((each) => isBetter(each, one)));
    if (rival) setAside(set, `${nameOf(rival)} is taken instead`);
    else if (missing.length > 0) {
      problems.push(missingError(folder + set.files[0], missing, `all ${set.count} shards`));
    } else taken.push(set);
  }
  const lonely = names.filter(
    (name) =>
      parseIndexName(name) &&
      !texts.has(folder + name) &&
      !sets.some((s) => isOf(s, parseIndexName(name)!)),
  );
  for (const name of lonely) {
    problems.push(missingError(folder + name, ['its shards'], 'the shards beside their index'));
  }
  return { sets: taken, others, stray, problems };
}

function isBetter(a: WeightSet, b: WeightSet): boolean {
  if (missingShards(a).length > 0) return false;
  if (b.stem.startsWith('consolidated')) return !a.stem.startsWith('consolidated');
  if (a.stem !== b.stem) return false;
  if (a.variant !== b.variant)
    return a.variant === null || (b.variant !== null && a.variant < b.variant);
  return missingShards(b).length > 0 || (a.count === null && b.count !== null);
}

const isOf = (set: WeightSet, of: { readonly stem: string; readonly variant: string | null }) =>
  set.stem.toLowerCase() === of.stem.toLowerCase() && set.variant === of.variant;

/** Shards that an index names, as the files are called. */
function filesOf(
  text: string,
  file: string,
  names: readonly string[],
  problems: FormatError[],
): readonly string[] | null {
  try {
    return asOnDisk(parseIndex(text, file), names).files;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    problems.push(error);
    return null;
  }
}

function missingError(file: string, missing: readonly string[], expected: string) {
  const listed = missing.slice(0, 5).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  return new FormatError('missing-shard', {
    file,
    found: `no ${listed}${more}`,
    expected,
    advice: `Add the missing files: drop the whole folder, with every shard. ${aboutLinks}`,
  });
}
