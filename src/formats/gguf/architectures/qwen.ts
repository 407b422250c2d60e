import { type Architecture, unchanged } from './architecture.ts';
import {
  isLeftOut,
  llamaMetadata,
  llamaName,
  neededOfLlama,
  windowRemarks,
} from './llama-shaped.ts';

/** llama.cpp rotates halves here, as transformers does: nothing changes but names. */
function qwen(
  id: string,
  classes: readonly string[],
  /** Stems of a layer that it has besides those of Llama. */
  besides: readonly string[],
): Architecture {
  return {
    id,
    classes,
    metadata: (settings) => llamaMetadata(settings, id),
    place(name, settings) {
      if (isLeftOut(name, settings)) return null;
      const there = llamaName(name);
      if (there === undefined) return undefined;
      const stem = there.replace(/^blk\.\d+\./, '');
      const isBesides = stem.endsWith('.bias') || /_[qk]_norm/.test(stem);
      return isBesides && !besides.includes(stem) ? undefined : { name: there, change: unchanged };
    },
    made: () => [],
    needed: (settings) => neededOfLlama(settings, besides),
    remarks: windowRemarks,
  };
}

const biases = ['attn_q.bias', 'attn_k.bias', 'attn_v.bias'];
const norms = ['attn_q_norm.weight', 'attn_k_norm.weight'];

export const qwen2 = qwen('qwen2', ['Qwen2ForCausalLM'], biases);
export const qwen3 = qwen('qwen3', ['Qwen3ForCausalLM'], norms);
