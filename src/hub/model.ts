/** What the Hub tells of a model without a look into its files. */
export type HubModel = {
  /** `owner/name`. */
  readonly id: string;
  readonly author: string;
  readonly likes: number;
  readonly downloads: number;
  /** ISO 8601; empty when the Hub does not say. */
  readonly updated: string;
  readonly licence: string | null;
  readonly gated: boolean;
  readonly private: boolean;
  /** Counts of parameters as the Hub read them from safetensors headers. */
  readonly parameters: {
    readonly total: number;
    readonly byDtype: Readonly<Record<string, number>>;
  } | null;
  readonly architecture: string | null;
  readonly modelType: string | null;
  /** How the weights are quantised: 'gptq', 'fp8', …; null when they are not. */
  readonly quantization: string | null;
  readonly task: string | null;
  readonly library: string | null;
  readonly kind: 'full' | 'adapter';
  /** What it was made from, as its card or its adapter config names it. */
  readonly baseModels: readonly string[];
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * A model of `GET /api/models` or of `GET /api/models/{id}/revision/{rev}`. Reads defensively: a field of an
 * unexpected type counts as absent. Null when there is not even an id.
 */
export function asHubModel(info: unknown): HubModel | null {
  const fields = asFields(info);
  const id = text(fields['id']) ?? text(fields['modelId']);
  if (id === null) return null;
  const card = asFields(fields['cardData']);
  const config = asFields(fields['config']);
  const tags = texts(fields['tags']);
  const library = text(fields['library_name']) ?? text(card['library_name']);
  const quantization = asFields(config['quantization_config']);
  return {
    id,
    author: text(fields['author']) ?? id.split('/')[0],
    likes: count(fields['likes']),
    downloads: count(fields['downloads']),
    updated: text(fields['lastModified']) ?? '',
    licence: licenceOf(card, tags),
    gated: Boolean(fields['gated']),
    private: fields['private'] === true,
    parameters: parametersOf(fields['safetensors']),
    architecture: texts(config['architectures'])[0] ?? null,
    modelType: text(config['model_type']),
    quantization: text(quantization['quant_method']),
    task: text(fields['pipeline_tag']),
    library,
    kind: isAdapter(library, tags, fields) ? 'adapter' : 'full',
    baseModels: baseModelsOf(card, config, tags),
  };
}

function licenceOf(card: Fields, tags: readonly string[]): string | null {
  const tag = tags.find((each) => each.startsWith('license:'))?.slice('license:'.length);
  const named = texts(card['license'])[0] ?? tag ?? null;
  return named === 'other' ? (text(card['license_name']) ?? named) : named;
}

function parametersOf(value: unknown): HubModel['parameters'] {
  const { parameters, total } = asFields(value);
  const counts = Object.entries(asFields(parameters)).filter(([, each]) => count(each) > 0);
  if (counts.length === 0) return null;
  const byDtype = Object.fromEntries(counts.map(([dtype, each]) => [dtype, count(each)]));
  const sum = Object.values(byDtype).reduce((a, b) => a + b, 0);
  return { total: count(total) || sum, byDtype };
}

function isAdapter(library: string | null, tags: readonly string[], fields: Fields): boolean {
  const files = list(fields['siblings']).map((each) => asFields(each)['rfilename']);
  if (files.includes('adapter_config.json')) return true;
  if (files.includes('config.json')) return false;
  return library === 'peft' || tags.some((tag) => tag.startsWith('base_model:adapter:'));
}

/** Tags name the relation too: `base_model:finetune:owner/name`. */
function baseModelsOf(card: Fields, config: Fields, tags: readonly string[]): readonly string[] {
  const tagged = tags
    .filter((tag) => tag.startsWith('base_model:'))
    .map((tag) => tag.slice(tag.lastIndexOf(':') + 1));
  const peft = texts(asFields(config['peft'])['base_model_name_or_path']);
  return [...new Set([...texts(card['base_model']), ...tagged, ...peft])];
}

export function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** One text, or a list of them. */
function texts(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((each) => text(each) ?? []);
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
