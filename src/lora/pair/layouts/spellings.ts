/**
 * Names that adapters gave to modules when updates still were attention processors. Source: diffusers,
 * `loaders/lora_conversion_utils.py` and `models/lora.py` (`to_q_lora` of text encoders).
 */
import { type Rule, renames } from '../rule.ts';

export const spellings: readonly Rule[] = renames({
  '*.processor.to_out': '*.to_out.0',
  '*.processor.*': '*.*',
  '*.self_attn.to_q': '*.self_attn.q_proj',
  '*.self_attn.to_k': '*.self_attn.k_proj',
  '*.self_attn.to_v': '*.self_attn.v_proj',
  '*.self_attn.to_out': '*.self_attn.out_proj',
  '*.attn.to_out': '*.attn.to_out.0',
  '*.attn1.to_out': '*.attn1.to_out.0',
  '*.attn2.to_out': '*.attn2.to_out.0',
});
