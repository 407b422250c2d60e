/**
 * The modules of the models that adapters are mostly of, in common names: what tells dots from underscores where
 * a name has lost its dots, and which model a name is of. Source: state dicts of diffusers 0.42 and transformers.
 */

/** What a module is a part of: a denoiser, a text encoder, a language model. */
export type Kind = 'unet' | 'flux' | 'clip' | 't5' | 'language model';

/** `#` stands for a number, `{a,b}` for either. */
const patterns: Readonly<Record<Kind, readonly string[]>> = {
  unet: [
    'conv_{in,norm_out,out}',
    '{time,add}_embedding.linear_{1,2}',
    ...['down_blocks.#', 'mid_block', 'up_blocks.#'].flatMap((block) => [
      `${block}.attentions.#.{norm,proj_in,proj_out}`,
      `${block}.attentions.#.transformer_blocks.#.norm{1,2,3}`,
      `${block}.attentions.#.transformer_blocks.#.attn{1,2}.{to_q,to_k,to_v,to_out.0}`,
      `${block}.attentions.#.transformer_blocks.#.ff.net.{0.proj,2}`,
      `${block}.resnets.#.{norm1,conv1,time_emb_proj,norm2,conv2,conv_shortcut}`,
      `${block}.{down,up}samplers.0.conv`,
    ]),
  ],
  flux: [
    'transformer_blocks.#.attn.{to_q,to_k,to_v,add_q_proj,add_k_proj,add_v_proj,to_out.0,to_add_out}',
    'transformer_blocks.#.{ff,ff_context}.net.{0.proj,2}',
    'transformer_blocks.#.attn.norm_{q,k,added_q,added_k}',
    'transformer_blocks.#.{norm1,norm1_context}.linear',
    'single_transformer_blocks.#.attn.{to_q,to_k,to_v,norm_q,norm_k}',
    'single_transformer_blocks.#.{proj_mlp,proj_out,norm.linear}',
    '{proj_out,x_embedder,context_embedder,norm_out.linear,norm_out.linear:shift,norm_out.linear:scale}',
    'time_text_embed.{timestep,text,guidance}_embedder.linear_{1,2}',
  ],
  clip: [
    'text_model.embeddings.{token,position}_embedding',
    'text_model.encoder.layers.#.self_attn.{q,k,v,out}_proj',
    'text_model.encoder.layers.#.{mlp.fc1,mlp.fc2,layer_norm1,layer_norm2}',
    'text_model.final_layer_norm',
    'text_projection',
  ],
  t5: [
    'encoder.block.#.layer.0.SelfAttention.{q,k,v,o}',
    'encoder.block.#.layer.1.DenseReluDense.{wi,wi_0,wi_1,wo}',
  ],
  'language model': ['', 'model.', 'language_model.model.', 'model.language_model.'].flatMap(
    (wrapper) => [
      `${wrapper}layers.#.self_attn.{q,k,v,o,qkv}_proj`,
      `${wrapper}layers.#.mlp.{gate,up,down,gate_up}_proj`,
      `${wrapper}layers.#.{input,post_attention}_layernorm`,
      `${wrapper}{embed_tokens,norm}`,
      'lm_head',
    ],
  ),
};

export type Known = { readonly kind: Kind; readonly name: string };

/** The module of this name, underscores for dots where it is `flat`; null where it is none of those. */
export function knownModule(name: string, flat: boolean): Known | null {
  for (const { kind, dotted, spelled, numbers } of compiled) {
    const match = (flat ? spelled : dotted).exec(name);
    if (!match) continue;
    let next = 1;
    return { kind, name: numbers.replace(/#/g, () => match[next++]) };
  }
  return null;
}

const compiled = Object.entries(patterns).flatMap(([kind, list]) =>
  [...new Set(list.flatMap(choices))].map((pattern) => ({
    kind: kind as Kind,
    numbers: pattern,
    dotted: regexp(pattern),
    spelled: regexp(pattern.replaceAll('.', '_')),
  })),
);

/** "a{b,c}" is "ab" and "ac". */
function choices(pattern: string): readonly string[] {
  const match = /^([^{]*)\{([^}]*)\}(.*)$/.exec(pattern);
  if (!match) return [pattern];
  const [, before, either, behind] = match;
  return either.split(',').flatMap((one) => choices(`${before}${one}${behind}`));
}

function regexp(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('#', '(\\d+)')}$`);
}

/** First words of names that only denoisers of diffusers have, and by which component they go there. */
const DENOISERS: Readonly<Record<string, 'unet' | 'transformer'>> = {
  down_blocks: 'unet',
  mid_block: 'unet',
  up_blocks: 'unet',
  transformer_blocks: 'transformer',
  single_transformer_blocks: 'transformer',
  joint_transformer_blocks: 'transformer',
};

/** Of a known module by its kind, of another one by the first word of its name. */
export function componentOf(name: string, known: Known | null): 'unet' | 'transformer' | null {
  if (known?.kind === 'unet') return 'unet';
  if (known?.kind === 'flux') return 'transformer';
  if (known) return null;
  const [first] = name.split('.');
  return Object.hasOwn(DENOISERS, first) ? DENOISERS[first] : null;
}
