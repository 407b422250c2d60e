/** What the names of weight files say: which belong together, and what the index of each is called. */

export type WeightName = {
  /** "model", "diffusion_pytorch_model", or whatever a lone file is called. */
  readonly stem: string;
  /** "fp16" in model.fp16.safetensors: the same weights in another dtype or state. */
  readonly variant: string | null;
  /** Counted from 1. */
  readonly shard: { readonly number: number; readonly count: number } | null;
};

/** Files that belong together: `stem-00001-of-00003` and so on, or one file. Names, shards in order. */
export type WeightSet = {
  readonly stem: string;
  readonly variant: string | null;
  /** How many there should be; null for one file. */
  readonly count: number | null;
  readonly files: readonly string[];
};

/** Stems that libraries give; only after one of these is ".fp16" a variant and not part of a name. */
const KNOWN_STEM = /^(?:model|diffusion_pytorch_model|pytorch_model)$/i;
const SHARD = /^(.*)-(\d+)-of-(\d+)(?:\.([\w-]+))?$/i;
const INDEX = /^(.*)\.safetensors\.index(?:\.([\w-]+))?\.json$/i;
/** Upper case and the short ending that image tools write count too. */
export const weightsEnding = /\.(?:safetensors?|sft)$/i;

/** PEFT's adapters as torch saves them. */
export const adapterPickle = /^adapter_model\.bin$/i;

/** Weights that a model, or an adapter, may be made of; a pickle only where nothing better is there. */
export function modelWeights(names: readonly string[]): readonly string[] {
  const safe = names.filter((name) => weightsEnding.test(name));
  const hasSafe = safe.some((name) => /^adapter_model/i.test(name));
  return hasSafe ? safe : names.filter((n) => weightsEnding.test(n) || adapterPickle.test(n));
}

/** What a name of a weight file says, without folders. */
export function parseWeightName(name: string): WeightName {
  const bare = name.replace(weightsEnding, '');
  const found = SHARD.exec(bare);
  const shard = found && { number: Number(found[2]), count: Number(found[3]) };
  const [stem, variant] = splitVariant(found ? found[1] : bare);
  return { stem, variant: variant ?? found?.[4] ?? null, shard };
}

/** What an index is the index of; null for any other name. */
export function parseIndexName(
  name: string,
): { readonly stem: string; readonly variant: string | null } | null {
  const found = INDEX.exec(name);
  if (!found) return null;
  const [stem, variant] = splitVariant(found[1]);
  return { stem, variant: variant ?? found[2] ?? null };
}

function splitVariant(stem: string): readonly [stem: string, variant: string | null] {
  const [first, ...rest] = stem.split('.');
  if (!KNOWN_STEM.test(first)) return [stem, null];
  return [first.toLowerCase(), rest.length > 0 ? rest.join('.') : null];
}

/** Sets in order of their first file; a shard set may lack some. */
export function weightSets(names: readonly string[]): readonly WeightSet[] {
  const groups = new Map<string, WeightSet & { readonly files: string[] }>();
  for (const name of names) {
    const { stem, variant, shard } = parseWeightName(name);
    const key = shard ? `${stem} ${variant} of ${shard.count}` : name;
    const known = groups.get(key);
    if (known) known.files.push(name);
    else groups.set(key, { stem, variant, count: shard?.count ?? null, files: [name] });
  }
  const inOrder = (files: readonly string[]) =>
    files.toSorted((a, b) => shardNumber(a) - shardNumber(b));
  return [...groups.values()].map((set) => ({ ...set, files: inOrder(set.files) }));
}

/** Counted from 1; 0 of a file that is no shard. */
export function shardNumber(name: string): number {
  return parseWeightName(name).shard?.number ?? 0;
}

/** Names of the shards that a set lacks. */
export function missingShards({ count, files }: WeightSet): readonly string[] {
  if (count === null) return [];
  const present = new Set(files.map(shardNumber));
  const wanted = Array.from({ length: Math.min(count, 100_000) }, (_, i) => i + 1);
  const [first] = files;
  const digits = String(/-(\d+)-of-\d+/i.exec(first)?.[1]).length;
  return wanted
    .filter((number) => !present.has(number))
    .map((n) => first.replace(/(-)\d+(-of-)/i, `$1${String(n).padStart(digits, '0')}$2`));
}

/** "model.fp16.safetensors", "3 shards", to tell sets of one folder apart. */
export function nameOf({ files }: WeightSet): string {
  return files.length === 1 ? files[0] : `${files[0]} and ${files.length - 1} more`;
}
