/**
 * Flux in the layout of Black Forest Labs, in diffusers' names. Source: diffusers,
 * `scripts/convert_flux_to_diffusers.py`, which also says that the two have shift and scale of the last
 * modulation in opposite order; for XLabs' names of attention's updates `loaders/lora_conversion_utils.py`.
 */
import { type Rule, renames } from '../rule.ts';

const DOUBLE = 'transformer_blocks.#';
const SINGLE = 'single_transformer_blocks.#';
const [SHIFT, SCALE] = ['norm_out.linear:shift', 'norm_out.linear:scale'];

const image = ['to_q', 'to_k', 'to_v'].map((part) => `${DOUBLE}.attn.${part}`);
const text = ['add_q_proj', 'add_k_proj', 'add_v_proj'].map((part) => `${DOUBLE}.attn.${part}`);
const single = ['to_q', 'to_k', 'to_v'].map((part) => `${SINGLE}.attn.${part}`);

/** XLabs' names of attention's updates. */
const xlabs: readonly Rule[] = [
  { from: 'double_blocks.#.processor.qkv_lora1', to: image, cut: 'equal' },
  { from: 'double_blocks.#.processor.qkv_lora2', to: text, cut: 'equal' },
  { from: 'single_blocks.#.processor.qkv', to: single, cut: 'equal' },
  { from: 'single_blocks.#.processor.qkv_lora', to: single, cut: 'equal' },
  ...renames({
    'double_blocks.#.processor.proj_lora1': `${DOUBLE}.attn.to_out.0`,
    'double_blocks.#.processor.proj_lora2': `${DOUBLE}.attn.to_add_out`,
    'single_blocks.#.processor.proj': `${SINGLE}.proj_out`,
    'single_blocks.#.processor.proj_lora': `${SINGLE}.proj_out`,
  }),
];

/** That of Black Forest Labs, which sd-scripts and ComfyUI have. */
export const blackForestRules: readonly Rule[] = [
  { from: 'double_blocks.#.img_attn.qkv', to: image, cut: 'equal' },
  { from: 'double_blocks.#.txt_attn.qkv', to: text, cut: 'equal' },
  { from: 'single_blocks.#.linear1', to: [...single, `${SINGLE}.proj_mlp`], cut: 'inner' },
  { from: 'final_layer.adaLN_modulation.1', to: [SHIFT, SCALE], cut: 'equal' },
  ...renames({
    'double_blocks.#.img_attn.proj': `${DOUBLE}.attn.to_out.0`,
    'double_blocks.#.txt_attn.proj': `${DOUBLE}.attn.to_add_out`,
    'double_blocks.#.img_mlp.0': `${DOUBLE}.ff.net.0.proj`,
    'double_blocks.#.img_mlp.2': `${DOUBLE}.ff.net.2`,
    'double_blocks.#.txt_mlp.0': `${DOUBLE}.ff_context.net.0.proj`,
    'double_blocks.#.txt_mlp.2': `${DOUBLE}.ff_context.net.2`,
    'double_blocks.#.img_mod.lin': `${DOUBLE}.norm1.linear`,
    'double_blocks.#.txt_mod.lin': `${DOUBLE}.norm1_context.linear`,
    'single_blocks.#.linear2': `${SINGLE}.proj_out`,
    'single_blocks.#.modulation.lin': `${SINGLE}.norm.linear`,
    'final_layer.linear': 'proj_out',
    img_in: 'x_embedder',
    txt_in: 'context_embedder',
    'time_in.in_layer': 'time_text_embed.timestep_embedder.linear_1',
    'time_in.out_layer': 'time_text_embed.timestep_embedder.linear_2',
    'vector_in.in_layer': 'time_text_embed.text_embedder.linear_1',
    'vector_in.out_layer': 'time_text_embed.text_embedder.linear_2',
    'guidance_in.in_layer': 'time_text_embed.guidance_embedder.linear_1',
    'guidance_in.out_layer': 'time_text_embed.guidance_embedder.linear_2',
  }),
];

/** What the layout of diffusers has in another order than the common names. */
export const diffusersRules: readonly Rule[] = [
  { from: 'norm_out.linear', to: [SCALE, SHIFT], cut: 'equal' },
];

export const fluxRules: readonly Rule[] = [...blackForestRules, ...diffusersRules, ...xlabs];
