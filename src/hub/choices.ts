import type { RepoFile } from './repo.ts';

/** Weight files of a repo that belong together. */
export type Choice = {
  readonly kind: 'single' | 'sharded' | 'adapter';
  /** As a person tells it from the others: its path without the ending. */
  readonly name: string;
  /** Paths, shards in order. */
  readonly weights: readonly string[];
  readonly index: string | null;
  /** Of all weights. */
  readonly bytes: number;
};

export type RefusedFile = {
  readonly path: string;
  readonly found: string;
  readonly advice: string;
};

export type Choices = {
  /** What transformers would load comes first. */
  readonly choices: readonly Choice[];
  readonly refused: readonly RefusedFile[];
};

const shardPattern = /^(.*)-(\d+)-of-(\d+)\.safetensors$/;

/** Which sets of weights a repo offers, and which of its files cannot be read here. */
export function choices(files: readonly RepoFile[]): Choices {
  const safetensors = files.filter(({ path }) => path.endsWith('.safetensors'));
  const paths = new Set(files.map(({ path }) => path));
  const found: Choice[] = [];
  const refused: RefusedFile[] = files.flatMap(({ path }) => refusal(path) ?? []);

  const groups = groupShards(safetensors);
  for (const [key, group] of groups) {
    const shards = group.toSorted((a, b) => shardNumber(a.path) - shardNumber(b.path));
    const [, stem = key, , last = '1'] = shardPattern.exec(shards[0].path) ?? [];
    const count = Number(last);
    // A repo may hold the same weights whole and in shards; then each has the longer name.
    const isOnlyOne = [...groups.keys()].every((other) => other === key || stemOf(other) !== stem);
    if (count !== shards.length) {
      refused.push({
        path: shards[0].path,
        found: `${shards.length} of ${count} shards`,
        advice: 'The upload was not finished: choose another revision, or ask the owner.',
      });
      continue;
    }
    const index = `${stem}.safetensors.index.json`;
    found.push({
      kind: kindOf(shards),
      name: isOnlyOne ? stem : key,
      weights: shards.map(({ path }) => path),
      index: count > 1 && paths.has(index) ? index : null,
      bytes: shards.reduce((sum, { size }) => sum + size, 0),
    });
  }
  return { choices: found.toSorted((a, b) => rank(a) - rank(b)), refused };
}

/** By path without its ending and without the number of the shard: `model`, `model-of-00003`. */
function groupShards(files: readonly RepoFile[]): ReadonlyMap<string, readonly RepoFile[]> {
  const groups = new Map<string, RepoFile[]>();
  for (const file of files) {
    const [, stem, , count] = shardPattern.exec(file.path) ?? [];
    const key =
      stem === undefined ? file.path.slice(0, -'.safetensors'.length) : `${stem}-of-${count}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return groups;
}

const stemOf = (key: string) => key.replace(/-of-\d+$/, '');

function shardNumber(path: string): number {
  return Number(shardPattern.exec(path)?.[2] ?? 0);
}

function kindOf(shards: readonly RepoFile[]): Choice['kind'] {
  if (/(^|\/)adapter_model[^/]*$/.test(shards[0].path)) return 'adapter';
  return shardPattern.test(shards[0].path) ? 'sharded' : 'single';
}

/** Folders hold checkpoints and parts; Mistral's "consolidated" is a second copy in its own layout. */
function rank({ name, kind }: Choice): number {
  const depth = name.split('/').length - 1;
  const isUsual = name.endsWith('adapter_model') || name.split('/').at(-1) === 'model';
  return depth * 4 + (name.includes('consolidated') ? 3 : isUsual ? 0 : kind === 'adapter' ? 2 : 1);
}

/** What a Trainer leaves beside a checkpoint: nothing to warn of. */
const leftovers =
  /(^|\/)(training_args\.bin|optimizer\.(pt|bin)|scheduler\.(pt|bin)|scaler\.pt|rng_state[^/]*\.pth)$/;

function refusal(path: string): RefusedFile | null {
  if (leftovers.test(path)) return null;
  if (/\.(bin|pt|pth|ckpt|pkl|pickle)$/i.test(path)) {
    return {
      path,
      found: 'a Python pickle, which can run code when it is opened',
      advice:
        'Choose safetensors files if the repo has them; otherwise ask its owner to convert it (huggingface.co/spaces/safetensors/convert), or look for a refs/pr/… that did.',
    };
  }
  if (/\.(gguf|ggml|onnx|h5|msgpack|tflite|npz)$/i.test(path)) {
    const advice = 'Choose the safetensors files of the same model.';
    return { path, found: 'weights in another format', advice };
  }
  return null;
}
