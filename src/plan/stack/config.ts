/** config.json of an output whose layers were rearranged: how many there are, and what it says of each. */
import type { ConfigEdit } from '../../formats/edit-config.ts';
import type { Model } from '../../formats/model.ts';
import type { Participants } from '../participants.ts';

type Config = Readonly<Record<string, unknown>>;

/** A layer of the output: whose it is, and its number there. */
type Origin = { readonly model: Model; readonly layer: number };

const COUNTS = ['num_hidden_layers', 'n_layer', 'n_layers', 'num_layers'];

/** Lists that are as long as there are layers by chance only. */
const NO_LAYERS = /^(?:architectures|.*_token_ids?|.*labels?)$/;

/** Lists of layer numbers. */
const NUMBERS = new Set([
  'mlp_only_layers',
  'moe_layers',
  'attn_layer_indices',
  'full_attn_idxs',
  'kv_shared_layers',
]);

/** What follows from the number of a layer, and cannot follow it to another place. */
const BY_NUMBER = [
  'sliding_window_pattern',
  'full_attention_interval',
  'no_rope_layer_interval',
  'decoder_sparse_step',
  'first_k_dense_replace',
  'attn_layer_period',
  'expert_layer_period',
  'num_nextn_predict_layers',
];

/** Of model types whose configs may leave out `layer_types`: every how many layers one sees all, as transformers has it. */
const PERIODS: Readonly<Record<string, number>> = {
  gemma2: 2,
  gemma3: 6,
  gemma3_text: 6,
  cohere2: 4,
};

/** Edits of the config donor's config.json; none without slices. */
export function layerEdits(who: Participants): readonly ConfigEdit[] {
  const origins = originsOf(who);
  const { config } = who.donors.config;
  if (origins.length === 0 || config === null) return [];
  const { path, inner } = scopeOf(config);
  const depth = statedDepth(inner);
  if (depth === null) return [];
  const counts = COUNTS.filter((key) => inner[key] === depth).map(
    (key) => [key, origins.length] as const,
  );
  const lists = Object.entries(inner).flatMap(([key, value]) => {
    const changed = listOf(key, value, depth, origins);
    return changed === null ? [] : [[key, changed] as const];
  });
  const windows = windowsOf(inner, depth, origins);
  const kinds = origins.map(impliedKind);
  const isImplied = inner['layer_types'] === undefined && kinds.every((kind) => kind !== null);
  const all: readonly (readonly [string, unknown])[] = [
    ...counts,
    ...lists,
    ...(isImplied ? [['layer_types', kinds] as const] : []),
    ...(windows === null ? [] : [['max_window_layers', windows] as const]),
  ];
  return all.map(([key, value]) => ({ path: [...path, key], value }));
}

/** Members of the donor's config that say by its number what a layer is, where a layer has another number now. */
export function numbersThatMoved(who: Participants): readonly string[] {
  const { config } = who.donors.config;
  const origins = originsOf(who);
  if (config === null || origins.every(({ layer }, i) => layer === i)) return [];
  const { inner } = scopeOf(config);
  // A list of kinds says it instead.
  if (Array.isArray(inner['layer_types']) || periodOf(inner) !== null) return [];
  return BY_NUMBER.filter((key) => typeof inner[key] === 'number' && (inner[key] as number) > 0);
}

/** Layer by layer of the output, the leader of its slice. */
function originsOf({
  recipe,
  stack,
  namedBase,
  experts,
  reference,
}: Participants): readonly Origin[] {
  if (stack === null || recipe.slices === null) return [];
  const models = [...(namedBase ? [namedBase] : []), ...experts.map(({ model }) => model)];
  return recipe.slices.flatMap(({ sources }) => {
    const found = models.find(({ id }) => sources.some((source) => source.model === id));
    const source = sources.find(({ model }) => model === found?.id) ?? sources[0];
    // An adapter has the config of what it is added to.
    const model = found === undefined || found.adapter ? reference : found;
    return Array.from({ length: source.to - source.from }, (_, i) => ({
      model,
      layer: source.from + i,
    }));
  });
}

function scopeOf(config: Config): { readonly path: readonly string[]; readonly inner: Config } {
  const inner = config['text_config'];
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    ? { path: ['text_config'], inner: inner as Config }
    : { path: [], inner: config };
}

function statedDepth(config: Config): number | null {
  const key = COUNTS.find((name) => typeof config[name] === 'number');
  return key === undefined ? null : (config[key] as number);
}

/** The list of the output; null where this is none of layers. */
function listOf(key: string, value: unknown, depth: number, origins: readonly Origin[]): unknown {
  if (NUMBERS.has(key) && Array.isArray(value)) {
    return origins.flatMap((origin, i) => {
      const own = innerOf(origin)[key];
      return Array.isArray(own) && own.includes(origin.layer) ? [i] : [];
    });
  }
  const isText = typeof value === 'string' && key.endsWith('_pattern') && depth > 1;
  if (!(Array.isArray(value) || isText) || value.length !== depth || NO_LAYERS.test(key))
    return null;
  const items = origins.map((origin) => {
    const own = innerOf(origin)[key];
    const from = typeof own === typeof value ? (own as typeof value) : value;
    return from[origin.layer] ?? value[Math.min(origin.layer, depth - 1)];
  });
  return isText ? items.join('') : items;
}

function periodOf(config: Config): number | null {
  const period = PERIODS[String(config['model_type'])];
  const own = config['sliding_window_pattern'];
  return period === undefined ? null : typeof own === 'number' ? own : period;
}

function impliedKind(origin: Origin): string | null {
  const config = innerOf(origin);
  const list = config['layer_types'];
  if (Array.isArray(list)) return String(list[origin.layer]);
  const period = periodOf(config);
  if (period === null) return null;
  return (origin.layer + 1) % period === 0 ? 'full_attention' : 'sliding_attention';
}

const innerOf = ({ model }: Origin): Config => scopeOf(model.config ?? {}).inner;

/** Layers from this number on see a window only: those that did must come last, and then it is where they begin. */
function windowsOf(config: Config, depth: number, origins: readonly Origin[]): number | null {
  const most = config['max_window_layers'];
  if (typeof most !== 'number') return null;
  // None does, and none needs to where the number is still beyond the last.
  if (most >= depth) return origins.length > most ? origins.length : null;
  const first = origins.findIndex((origin) => {
    const own = innerOf(origin)['max_window_layers'];
    return origin.layer >= (typeof own === 'number' ? own : most);
  });
  return first < 0 ? origins.length : first;
}
