import { bool, f32, u32 } from '../container.ts';
import type { Settings } from '../settings.ts';
import { type Architecture, eachLayer, namedBy, unchanged } from './architecture.ts';

const id = 'bert';

const nameOf = namedBy(
  {
    'embeddings.word_embeddings': 'token_embd',
    'embeddings.token_type_embeddings': 'token_types',
    'embeddings.position_embeddings': 'position_embd',
    'embeddings.LayerNorm': 'token_embd_norm',
  },
  /^encoder\.layer\.(\d+)\.(.+)$/,
  {
    'attention.self.query': 'attn_q',
    'attention.self.key': 'attn_k',
    'attention.self.value': 'attn_v',
    'attention.output.dense': 'attn_output',
    'attention.output.LayerNorm': 'attn_output_norm',
    'intermediate.dense': 'ffn_up',
    'output.dense': 'ffn_down',
    'output.LayerNorm': 'layer_output_norm',
  },
);

const inLayer = [
  ...['attn_q', 'attn_k', 'attn_v', 'attn_output', 'attn_output_norm'],
  ...['ffn_up', 'ffn_down', 'layer_output_norm'],
].flatMap((stem) => [`${stem}.weight`, `${stem}.bias`]);

/** BERT, as it makes embeddings: without its pooler and the heads of its training. */
export const bert: Architecture = {
  id,
  classes: ['BertModel', 'BertForMaskedLM', 'BertForPreTraining'],
  isEncoder: true,
  metadata(settings) {
    settings.mustBe('hidden_act', 'gelu', 'gelu_new', 'gelu_pytorch_tanh');
    settings.mustBe('position_embedding_type', 'absolute');
    settings.mustBe('is_decoder', false);
    return [
      [`${id}.block_count`, u32(settings.count('num_hidden_layers'))],
      [`${id}.context_length`, u32(settings.count('max_position_embeddings'))],
      [`${id}.embedding_length`, u32(settings.count('hidden_size'))],
      [`${id}.feed_forward_length`, u32(settings.count('intermediate_size'))],
      [`${id}.attention.head_count`, u32(settings.count('num_attention_heads'))],
      [`${id}.attention.layer_norm_epsilon`, f32(settings.maybe('layer_norm_eps') ?? 1e-12)],
      [`${id}.attention.causal`, bool(false)],
      ['tokenizer.ggml.token_type_count', u32(settings.maybe('type_vocab_size') ?? 2)],
    ];
  },
  place(name) {
    const own = modern(name.replace(/^bert\./, ''));
    if (own === 'embeddings.position_ids' || /^(pooler|cls)\./.test(own)) return null;
    const there = nameOf(own);
    if (there === undefined) return undefined;
    const exact = /^(position_embd|token_types)\./.test(there);
    return { name: there, change: unchanged, ...(exact && { exact }) };
  },
  made: () => [],
  needed: (settings) => [
    ...['token_embd.weight', 'token_types.weight', 'position_embd.weight'],
    ...['token_embd_norm.weight', 'token_embd_norm.bias'],
    ...eachLayer(settings.count('num_hidden_layers'), inLayer),
  ],
  remarks: aboutHead,
};

/** Checkpoints that came from TensorFlow have its words for the two parts of a norm. */
function modern(name: string): string {
  return name.replace(/\.gamma$/, '.weight').replace(/\.beta$/, '.bias');
}

function aboutHead({ fields }: Settings): readonly string[] {
  const isBare =
    Array.isArray(fields['architectures']) && fields['architectures'][0] === 'BertModel';
  return isBare
    ? []
    : [
        'The head that guesses masked words is left out: llama.cpp makes embeddings with this model.',
      ];
}
