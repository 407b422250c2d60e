/**
 * CLIP's text encoder as OpenCLIP has it, and without the wrapper that transformers 5 leaves out, in the names
 * of transformers 4. Source: diffusers, `scripts/convert_diffusers_to_original_sdxl.py`; state dicts of
 * transformers 5.23. OpenCLIP's `text_projection` is not among them: it lies transposed.
 */
import { type Rule, renames } from '../rule.ts';

const LAYER = 'text_model.encoder.layers.#';

const withoutWrapper = ['embeddings.*', 'encoder.layers.#.*', 'final_layer_norm'].map(
  (from): Rule => ({ from, to: [`text_model.${from}`], onlyText: true }),
);

export const clipRules: readonly Rule[] = [
  {
    from: 'transformer.resblocks.#.attn.in_proj',
    to: ['q', 'k', 'v'].map((part) => `${LAYER}.self_attn.${part}_proj`),
    cut: 'equal',
  },
  ...renames({
    'transformer.resblocks.#.attn.out_proj': `${LAYER}.self_attn.out_proj`,
    'transformer.resblocks.#.mlp.c_fc': `${LAYER}.mlp.fc1`,
    'transformer.resblocks.#.mlp.c_proj': `${LAYER}.mlp.fc2`,
    'transformer.resblocks.#.ln_1': `${LAYER}.layer_norm1`,
    'transformer.resblocks.#.ln_2': `${LAYER}.layer_norm2`,
    ln_final: 'text_model.final_layer_norm',
    token_embedding: 'text_model.embeddings.token_embedding',
  }),
  ...withoutWrapper,
];
