import { FormatError } from './error.ts';
import { companionPattern, refuse } from './file-kinds.ts';

export type DroppedFile = {
  /** Relative, with forward slashes; the last part is the file's name. */
  readonly path: string;
  readonly size: number;
};

export type FoundModel = {
  readonly name: string;
  /** Paths, shards in order. */
  readonly weights: readonly string[];
  readonly index?: string;
  readonly companions: readonly string[];
};

export type Recognised = {
  readonly models: readonly FoundModel[];
  /** What was meant to be a model and cannot be used. */
  readonly problems: readonly FormatError[];
  /** What was left out beside a model that can be used. */
  readonly notes: readonly FormatError[];
};

/** Files of one folder that belong together: `stem-00001-of-00003` and so on, or one file. */
type Weights = {
  readonly stem: string;
  readonly count: number | null;
  readonly files: readonly string[];
};

const shardPattern = /^(.*)-(\d+)-of-(\d+)\.safetensors$/;

/** Tells from names alone which models a drop holds, and what in it cannot be used. */
export function recognise(files: readonly DroppedFile[]): Recognised {
  const visible = files.filter(
    ({ path }) => !/(^|\/)[.]/.test(path) && !path.includes('__MACOSX/'),
  );
  const folders = groupBy(visible, ({ path }) => path.slice(0, path.lastIndexOf('/') + 1));
  const found = [...folders].map(([folder, inside]) =>
    recogniseFolder(
      folder,
      inside.map(({ path }) => path.slice(folder.length)),
    ),
  );
  const models = withUniqueNames(found.flatMap((each) => each.models));
  const problems = found.flatMap((each) => each.problems);
  const notes = found.flatMap((each) => each.notes);
  if (models.length > 0 || problems.length > 0) return { models, problems, notes };
  return { models, problems: [nothingFound(visible)], notes };
}

function recogniseFolder(folder: string, names: readonly string[]): Recognised {
  const companions = names.filter((name) => companionPattern.test(name)).map((n) => folder + n);
  const groups = groupWeights(names.filter((name) => isModelWeights(name)));
  const models: FoundModel[] = [];
  const problems: FormatError[] = [];
  const notes: FormatError[] = [];

  for (const group of groups) {
    const missing = missingShards(group);
    if (missing.length > 0) {
      problems.push(missingError(folder + group.files[0], missing, group.count!));
      continue;
    }
    const index = `${group.stem}.safetensors.index.json`;
    models.push({
      name: nameOf(folder, groups.length > 1 ? group.stem : null, group),
      weights: group.files.map((name) => folder + name),
      ...(group.count !== null && names.includes(index) ? { index: folder + index } : {}),
      companions,
    });
  }

  const lonely = names.filter(
    (name) =>
      name.endsWith('.safetensors.index.json') &&
      !groups.some(({ stem }) => name === `${stem}.safetensors.index.json`),
  );
  for (const name of lonely) problems.push(missingError(folder + name, ['its shards'], null));

  const refused = names.flatMap((name) => refuse(name, folder + name) ?? []);
  const usable = models.length > 0 && !names.some((name) => name.startsWith('adapter_config'));
  (usable ? notes : problems).push(...dropRepeats(refused));
  return { models, problems, notes };
}

function isModelWeights(name: string): boolean {
  return name.endsWith('.safetensors') && !name.startsWith('adapter_model');
}

function groupWeights(names: readonly string[]): readonly Weights[] {
  const groups = groupBy(names, (name) => {
    const shard = shardPattern.exec(name);
    return shard ? `${shard[1]} of ${Number(shard[3])}` : name;
  });
  const all = [...groups.values()].map((files): Weights => {
    const shard = shardPattern.exec(files[0]);
    if (!shard) return { stem: files[0].slice(0, -'.safetensors'.length), count: null, files };
    return { stem: shard[1], count: Number(shard[3]), files: files.toSorted(byShardNumber) };
  });
  // Mistral publishes the same weights twice; "consolidated" is its own layout.
  const others = all.filter(({ stem }) => !stem.startsWith('consolidated'));
  return others.length > 0 ? others : all;
}

function shardNumber(name: string): number {
  return Number(shardPattern.exec(name)?.[2]);
}

function byShardNumber(a: string, b: string): number {
  return shardNumber(a) - shardNumber(b);
}

function missingShards({ stem, count, files }: Weights): readonly string[] {
  if (count === null) return [];
  const present = new Set(files.map(shardNumber));
  const wanted = Array.from({ length: Math.min(count, 100_000) }, (_, i) => i + 1);
  const [, , first, last] = shardPattern.exec(files[0])!;
  return wanted
    .filter((number) => !present.has(number))
    .map((n) => `${stem}-${String(n).padStart(first.length, '0')}-of-${last}.safetensors`);
}

function missingError(file: string, missing: readonly string[], count: number | null): FormatError {
  const listed = missing.slice(0, 5).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  return new FormatError('missing-shard', {
    file,
    found: `no ${listed}${more}`,
    expected: count === null ? 'the shards beside their index' : `all ${count} shards`,
    advice: 'Add the missing files: drop the whole folder, with every shard.',
  });
}

/** One refusal of a kind in a folder is enough: a torch checkpoint may have dozens of shards. */
function dropRepeats(errors: readonly FormatError[]): readonly FormatError[] {
  return [...new Map(errors.toReversed().map((error) => [error.tag, error])).values()].reverse();
}

/** The folder's name, or the file's when the folder says nothing or holds several models. */
function nameOf(folder: string, stem: string | null, group: Weights): string {
  const cached = /models--[^/]+--([^/]+)\/snapshots\//.exec(folder)?.[1];
  const last = cached ?? folder.split('/').at(-2) ?? '';
  if (last === '') return stem ?? group.stem;
  return stem === null ? last : `${last}/${stem}`;
}

function withUniqueNames(models: readonly FoundModel[]): readonly FoundModel[] {
  const byName = groupBy(models, ({ name }) => name);
  return models.map((model) => {
    if (byName.get(model.name)!.length === 1) return model;
    const folder = model.weights[0].split('/').slice(0, -1).join('/');
    return { ...model, name: folder || model.name };
  });
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

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
