import { parseCard } from './card.ts';
import { type Content, textOf } from './content.ts';
import type { Commit, StoredRepo } from './repo.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the Hub reads from the files of a repo to list and filter by. */
export type Facts = {
  readonly cardData: Fields;
  /** A summary of config.json, or of adapter_config.json under `peft`. */
  readonly config: Fields;
  readonly safetensors?: NonNullable<StoredRepo['given']['safetensors']>;
  readonly library_name?: string;
  readonly pipeline_tag?: string;
  readonly tags: readonly string[];
};

export function factsOf({ given }: StoredRepo, { files }: Commit): Facts {
  const cardData = given.cardData ?? parseCard(textAt(files, 'README.md'));
  const config = given.config ?? configOf(files);
  const safetensors = given.safetensors ?? countParameters(files);
  const library = given.library_name ?? text(cardData['library_name']) ?? libraryOf(config);
  const pipeline = given.pipeline_tag ?? text(cardData['pipeline_tag']);
  const tags = [
    ...(library ? [library] : []),
    ...([...files.keys()].some((path) => path.endsWith('.safetensors')) ? ['safetensors'] : []),
    ...(text(config['model_type']) ? [String(config['model_type'])] : []),
    ...(pipeline ? [pipeline] : []),
    ...list(cardData['tags']),
    ...(given.tags ?? []),
    ...baseModelTags(cardData, config),
    ...list(cardData['license']).map((licence) => `license:${licence}`),
    ...(given.gated ? [] : ['region:us']),
  ];
  return {
    cardData,
    config,
    ...(safetensors ? { safetensors } : {}),
    ...(library ? { library_name: library } : {}),
    ...(pipeline ? { pipeline_tag: pipeline } : {}),
    tags: [...new Set(tags)],
  };
}

/**
 * `base_model:name` and `base_model:relation:name`. The relation is what the card says, else adapter for an
 * adapter, merge for several bases, and finetune (https://huggingface.co/docs/hub/model-cards#specifying-a-base-model).
 */
function baseModelTags(card: Fields, config: Fields): readonly string[] {
  const bases = list(card['base_model']);
  const guess = config['peft'] ? 'adapter' : bases.length > 1 ? 'merge' : 'finetune';
  const relation = text(card['base_model_relation']) ?? guess;
  return bases.flatMap((base) => [`base_model:${base}`, `base_model:${relation}:${base}`]);
}

function configOf(files: Commit['files']): Fields {
  const adapter = jsonAt(files, 'adapter_config.json');
  const { architectures, model_type, quantization_config } = jsonAt(files, 'config.json') ?? {};
  return {
    ...(architectures ? { architectures } : {}),
    ...(model_type ? { model_type } : {}),
    ...(quantization_config ? { quantization_config } : {}),
    ...(adapter ? { peft: pick(adapter, ['base_model_name_or_path', 'task_type']) } : {}),
  };
}

function libraryOf(config: Fields): string | undefined {
  if (config['peft']) return 'peft';
  return config['architectures'] ? 'transformers' : undefined;
}

const weights = /^model(-\d+-of-\d+)?\.safetensors$/;

/** Counts by dtype of model.safetensors or its shards (https://huggingface.co/docs/safetensors/metadata_parsing). */
function countParameters(files: Commit['files']): Facts['safetensors'] {
  const parameters: Record<string, number> = {};
  for (const [path, content] of files) {
    if (!weights.test(path)) continue;
    for (const [name, entry] of Object.entries(headerOf(content))) {
      if (name === '__metadata__') continue;
      const { dtype, shape } = entry as { dtype: string; shape: readonly number[] };
      parameters[dtype] = (parameters[dtype] ?? 0) + shape.reduce((a, b) => a * b, 1);
    }
  }
  const total = Object.values(parameters).reduce((a, b) => a + b, 0);
  return total === 0 ? undefined : { parameters, total };
}

/** Empty when the file is no safetensors file. */
function headerOf(content: Content): Fields {
  try {
    const start = content.read(0, 8);
    const length = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true));
    return JSON.parse(new TextDecoder().decode(content.read(8, 8 + length)));
  } catch {
    return {};
  }
}

function textAt(files: Commit['files'], path: string): string {
  const content = files.get(path);
  return content ? textOf(content) : '';
}

function jsonAt(files: Commit['files'], path: string): Fields | null {
  try {
    return JSON.parse(textAt(files, path));
  } catch {
    return null;
  }
}

function pick(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(keys.filter((key) => key in fields).map((key) => [key, fields[key]]));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function list(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
}
