import { configFacts } from '../../config.ts';
import { f32, type Metadata, u32 } from '../container.ts';
import { ropeOf } from '../rope.ts';
import type { Settings } from '../settings.ts';
import { eachLayer, namedBy } from './architecture.ts';

/** What decoders share that are built as Llama is: names of tensors, and most of their key-values. */

/** Matrices of a layer, and the norms of queries and keys. */
export const layerNames = {
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

export const llamaName = namedBy(
  {
    'model.embed_tokens': 'token_embd',
    'model.norm': 'output_norm',
    lm_head: 'output',
  },
  /^model\.layers\.(\d+)\.(.+)$/,
  {
    input_layernorm: 'attn_norm',
    post_attention_layernorm: 'ffn_norm',
    ...layerNames,
  },
);

const inLayer = [
  ...['attn_norm', 'attn_q', 'attn_k', 'attn_v', 'attn_output'],
  ...['ffn_norm', 'ffn_gate', 'ffn_up', 'ffn_down'],
].map((stem) => `${stem}.weight`);

/** `more` are stems of a layer that this architecture has besides, with weight or bias. */
export function neededOfLlama(settings: Settings, more: readonly string[] = []): readonly string[] {
  const head = tiesEmbeddings(settings) ? [] : ['output.weight'];
  const layers = settings.count('num_hidden_layers');
  return [
    ...['token_embd.weight', 'output_norm.weight', ...head],
    ...eachLayer(layers, [...inLayer, ...more]),
  ];
}

export function tiesEmbeddings({ fields }: Settings): boolean {
  return configFacts(fields).tiesEmbeddings === true;
}

/** Buffers that old versions saved, and the head that is the embedding again. */
export function isLeftOut(name: string, settings: Settings): boolean {
  return (
    name.endsWith('.rotary_emb.inv_freq') || (name === 'lm_head.weight' && tiesEmbeddings(settings))
  );
}

export function llamaMetadata(settings: Settings, id: string): Metadata {
  settings.mustBe('hidden_act', 'silu', 'swish');
  const heads = settings.count('num_attention_heads');
  const head = settings.maybe('head_dim');
  return [
    [`${id}.block_count`, u32(settings.count('num_hidden_layers'))],
    [`${id}.context_length`, u32(settings.count('max_position_embeddings'))],
    [`${id}.embedding_length`, u32(settings.count('hidden_size'))],
    [`${id}.feed_forward_length`, u32(settings.count('intermediate_size'))],
    [`${id}.attention.head_count`, u32(heads)],
    [`${id}.attention.head_count_kv`, u32(settings.maybe('num_key_value_heads') ?? heads)],
    ...ropeOf(settings, id).metadata,
    [`${id}.attention.layer_norm_rms_epsilon`, f32(settings.number('rms_norm_eps'))],
    ...(head === null
      ? []
      : ([
          [`${id}.attention.key_length`, u32(head)],
          [`${id}.attention.value_length`, u32(head)],
        ] as const)),
  ];
}

/** llama.cpp attends to all that came before, whatever the window. */
export function windowRemarks(settings: Settings): readonly string[] {
  const window = settings.maybe('sliding_window');
  const length = settings.maybe('max_position_embeddings');
  if (window === null || length === null || window >= length) return [];
  if (settings.fields['use_sliding_window'] === false) return [];
  return [
    `config.json: "sliding_window" is ${window}. llama.cpp has no window for this architecture: texts of more than ${window} tokens come out differently.`,
  ];
}
