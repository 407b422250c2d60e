import { f32, type Metadata, string, u32 } from '../container.ts';
import { elsewhere, refusal } from '../refusal.ts';
import type { Settings } from '../settings.ts';
import { type Architecture, eachLayer, namedBy, unchanged } from './architecture.ts';
import { layerNames } from './llama-shaped.ts';

type Fields = Readonly<Record<string, unknown>>;

const id = 'gemma3';

const inLayer = {
  input_layernorm: 'attn_norm',
  post_attention_layernorm: 'post_attention_norm',
  pre_feedforward_layernorm: 'ffn_norm',
  post_feedforward_layernorm: 'post_ffw_norm',
  ...layerNames,
};

const nameOf = namedBy(
  { 'model.embed_tokens': 'token_embd', 'model.norm': 'output_norm' },
  /^model\.layers\.(\d+)\.(.+)$/,
  inLayer,
);

/** Of six layers the last one attends to all that came before, the others to a window. */
const PERIOD = 6;

/**
 * Gemma 3 that reads texts. Norms are stored as their distance from 1; the embedding is scaled by llama.cpp itself, and
 * is the head too. Two bases of rotary positions: one for layers with a window, one for the others.
 */
export const gemma3: Architecture = {
  id,
  classes: ['Gemma3ForCausalLM'],
  metadata(settings) {
    settings.mustBe('hidden_activation', 'gelu_pytorch_tanh');
    settings.mustBe('attention_bias', false);
    settings.mustBe('use_bidirectional_attention', false);
    settings.mustBe('tie_word_embeddings', true);
    settings.mustBe('attn_logit_softcapping', 0);
    settings.mustBe('final_logit_softcapping', 0);
    const layers = settings.count('num_hidden_layers');
    const heads = settings.maybe('num_attention_heads') ?? 8;
    const head = settings.maybe('head_dim') ?? 256;
    // What queries are divided by the root of: llama.cpp tells the largest model by its layers.
    const scaled = layers === 62 ? settings.count('hidden_size') / heads : head;
    settings.mustBe('query_pre_attn_scalar', scaled);
    return [
      [`${id}.block_count`, u32(layers)],
      [`${id}.context_length`, u32(settings.maybe('max_position_embeddings') ?? 131_072)],
      [`${id}.embedding_length`, u32(settings.count('hidden_size'))],
      [`${id}.feed_forward_length`, u32(settings.count('intermediate_size'))],
      [`${id}.attention.head_count`, u32(heads)],
      [`${id}.attention.head_count_kv`, u32(settings.maybe('num_key_value_heads') ?? 4)],
      [`${id}.attention.key_length`, u32(head)],
      [`${id}.attention.value_length`, u32(head)],
      [`${id}.attention.layer_norm_rms_epsilon`, f32(settings.maybe('rms_norm_eps') ?? 1e-6)],
      ...rope(settings),
      ...window(settings, layers),
    ];
  },
  place(name) {
    if (name === 'lm_head.weight' || name.endsWith('.rotary_emb.inv_freq')) return null;
    const there = nameOf(name);
    if (there === undefined || there.endsWith('.bias')) return undefined;
    const isNorm = there.endsWith('_norm.weight');
    return { name: there, change: isNorm ? { kind: 'plus one' } : unchanged };
  },
  made: () => [],
  needed: (settings) => [
    ...['token_embd.weight', 'output_norm.weight'],
    ...eachLayer(
      settings.count('num_hidden_layers'),
      Object.values(inLayer).map((stem) => `${stem}.weight`),
    ),
  ],
  remarks: () => [],
};

/** transformers 5 tells both kinds of layers under `rope_parameters`; 4 has keys of its own for the ones with a window. */
function rope(settings: Settings): Metadata {
  const both = fieldsIn(settings.fields, 'rope_parameters');
  const all = fieldsIn(both, 'full_attention');
  const near = fieldsIn(both, 'sliding_attention');
  const scaling = Object.keys(all).length > 0 ? all : fieldsIn(settings.fields, 'rope_scaling');
  const kind = String(scaling['rope_type'] ?? scaling['type'] ?? 'default');
  const factor = scaling['factor'];
  const isLinear = kind === 'linear' && typeof factor === 'number';
  if (kind !== 'default' && !isLinear) {
    throw refusal({
      file: 'config.json',
      found: `rotary positions of the kind "${kind}"`,
      expected: 'default, or linear with a factor',
      advice: elsewhere,
    });
  }
  const base = numberIn(all, 'rope_theta') ?? settings.maybe('rope_theta') ?? 1_000_000;
  const nearBase = numberIn(near, 'rope_theta') ?? settings.maybe('rope_local_base_freq') ?? 10_000;
  return [
    ...(isLinear
      ? ([
          [`${id}.rope.scaling.type`, string('linear')],
          [`${id}.rope.scaling.factor`, f32(factor)],
        ] as const)
      : []),
    [`${id}.rope.freq_base`, f32(base)],
    [`${id}.rope.freq_base_swa`, f32(nearBase)],
  ];
}

/** Layers with a window are those that llama.cpp takes for granted, or none is. */
function window(settings: Settings, layers: number): Metadata {
  const { layer_types: types } = settings.fields;
  const pattern = settings.maybe('sliding_window_pattern', '_sliding_window_pattern') ?? PERIOD;
  const isNear = Array.from({ length: layers }, (_, layer) =>
    Array.isArray(types) ? types[layer] !== 'full_attention' : (layer + 1) % pattern !== 0,
  );
  if (isNear.every((near) => !near)) return [];
  if (isNear.some((near, layer) => near !== ((layer + 1) % PERIOD !== 0))) {
    throw refusal({
      file: 'config.json',
      found: 'another order of layers with and without a window',
      expected: `every ${PERIOD}th layer without one, which is what llama.cpp computes for this architecture`,
      advice: elsewhere,
    });
  }
  return [[`${id}.attention.sliding_window`, u32(settings.count('sliding_window'))]];
}

function fieldsIn(fields: Fields, key: string): Fields {
  const value = fields[key];
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function numberIn(fields: Fields, key: string): number | null {
  const value = fields[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
