import { configFacts } from '../../config.ts';
import { f32, u32 } from '../container.ts';
import type { Settings } from '../settings.ts';
import { type Architecture, eachLayer, namedBy, unchanged } from './architecture.ts';

const id = 'gpt2';

const nameOf = namedBy(
  { wte: 'token_embd', wpe: 'position_embd', ln_f: 'output_norm', lm_head: 'output' },
  /^h\.(\d+)\.(.+)$/,
  {
    ln_1: 'attn_norm',
    'attn.c_attn': 'attn_qkv',
    'attn.c_proj': 'attn_output',
    ln_2: 'ffn_norm',
    'mlp.c_fc': 'ffn_up',
    'mlp.c_proj': 'ffn_down',
  },
);

const inLayer = ['attn_norm', 'attn_qkv', 'attn_output', 'ffn_norm', 'ffn_up', 'ffn_down'].flatMap(
  (stem) => [`${stem}.weight`, `${stem}.bias`],
);

/** GPT-2: its matrices are stored the other way round, and positions are a table. */
export const gpt2: Architecture = {
  id,
  classes: ['GPT2LMHeadModel'],
  metadata(settings) {
    settings.mustBe('activation_function', 'gelu_new', 'gelu_pytorch_tanh');
    settings.mustBe('scale_attn_weights', true);
    settings.mustBe('scale_attn_by_inverse_layer_idx', false);
    const width = settings.count('n_embd');
    return [
      [`${id}.block_count`, u32(settings.count('n_layer'))],
      [`${id}.context_length`, u32(settings.count('n_positions', 'n_ctx'))],
      [`${id}.embedding_length`, u32(width)],
      [`${id}.feed_forward_length`, u32(settings.maybe('n_inner') ?? 4 * width)],
      [`${id}.attention.head_count`, u32(settings.count('n_head'))],
      [`${id}.attention.layer_norm_epsilon`, f32(settings.maybe('layer_norm_epsilon') ?? 1e-5)],
    ];
  },
  place(name, settings) {
    const own = name.replace(/^transformer\./, '');
    // Masks that old versions saved, and the head that is the embedding again.
    if (/^h\.\d+\.attn\.(masked_)?bias$/.test(own)) return null;
    if (own === 'lm_head.weight' && isTied(settings)) return null;
    const there = nameOf(own);
    if (there === undefined) return undefined;
    if (there === 'position_embd.weight') return { name: there, change: unchanged, exact: true };
    const isTurned = /\.(c_attn|c_proj|c_fc)\.weight$/.test(own);
    return { name: there, change: isTurned ? { kind: 'transpose' } : unchanged };
  },
  made: () => [],
  needed: (settings) => [
    ...['token_embd.weight', 'position_embd.weight', 'output_norm.weight', 'output_norm.bias'],
    ...(isTied(settings) ? [] : ['output.weight']),
    ...eachLayer(settings.count('n_layer'), inLayer),
  ],
  remarks: () => [],
};

function isTied({ fields }: Settings): boolean {
  return configFacts({ model_type: id, ...fields }).tiesEmbeddings === true;
}
