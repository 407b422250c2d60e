import { u32 } from '../container.ts';
import { ropeOf } from '../rope.ts';
import type { Settings } from '../settings.ts';
import { type Architecture, type Change, unchanged } from './architecture.ts';
import {
  isLeftOut,
  llamaMetadata,
  llamaName,
  neededOfLlama,
  windowRemarks,
} from './llama-shaped.ts';

const id = 'llama';

/**
 * Llama, Mistral, SmolLM, TinyLlama. llama.cpp rotates neighbours where transformers rotates halves, so the rows of q and
 * k are put in another order, head by head.
 */
export const llama: Architecture = {
  id,
  classes: ['LlamaForCausalLM', 'LLaMAForCausalLM', 'MistralForCausalLM'],
  metadata: (settings) => [
    ...llamaMetadata(settings, id),
    [`${id}.vocab_size`, u32(settings.count('vocab_size'))],
    [`${id}.rope.dimension_count`, u32(settings.headSize())],
  ],
  place(name, settings) {
    if (isLeftOut(name, settings)) return null;
    const there = llamaName(name);
    if (there === undefined || there.includes('_norm.bias') || /_[qk]_norm/.test(there)) {
      return undefined;
    }
    return { name: there, change: changeOf(there, settings) };
  },
  made(settings) {
    const { factors } = ropeOf(settings, id);
    return factors === null ? [] : [{ name: 'rope_freqs.weight', values: factors }];
  },
  needed: (settings) => neededOfLlama(settings),
  remarks: windowRemarks,
};

function changeOf(name: string, settings: Settings): Change {
  const heads = settings.count('num_attention_heads');
  if (name.includes('.attn_q.')) return { kind: 'interleave', heads };
  if (!name.includes('.attn_k.')) return unchanged;
  return { kind: 'interleave', heads: settings.maybe('num_key_value_heads') ?? heads };
}
