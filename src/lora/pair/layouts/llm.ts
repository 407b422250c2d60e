/**
 * Projections that some language models have fused (Phi-3, GLM-4), in Llama's names. Source: transformers,
 * `modeling_phi3.py`: query, key, value and gate, up, one below the other. The module behind them proves where
 * one ends. Others (GPT-NeoX, Falcon, CodeGen) mix the rows, and have other names.
 */
import type { Rule } from '../rule.ts';

export const llmRules: readonly Rule[] = [
  {
    from: '*.self_attn.qkv_proj',
    to: ['q', 'k', 'v'].map((part) => `*.self_attn.${part}_proj`),
    cut: { like: '*.self_attn.o_proj' },
  },
  {
    from: '*.mlp.gate_up_proj',
    to: ['*.mlp.gate_proj', '*.mlp.up_proj'],
    cut: { like: '*.mlp.down_proj' },
  },
];
