/** What tensors of adapters are called: a module, and which part of its update a tensor holds. */

/** Names that only one tool knows are here as LyCORIS calls them; LoRA's factors and magnitudes have many. */
const partNames = [
  ...['down', 'up', 'mid', 'bias', 'embedding_a', 'embedding_b', 'alpha', 'magnitude'],
  ...['dora_scale', 'hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b', 'hada_t1', 'hada_t2'],
  ...['lokr_w1', 'lokr_w1_a', 'lokr_w1_b', 'lokr_w2', 'lokr_w2_a', 'lokr_w2_b', 'lokr_t2'],
  ...['diff', 'diff_b', 'w_norm', 'b_norm'],
] as const;
export type Part = (typeof partNames)[number];

export type Name = {
  /** As the file calls it, prefixes that tell a component included; without PEFT's own. */
  readonly module: string;
  readonly part: Part;
  /** Which adapter's it is, where the name says: "default". */
  readonly adapter: string | null;
};

/** PEFT's model around the base; files of models that were injected into lack it. */
const aroundBase = /^base_model\.model\./;
/** A name that PEFT gives an adapter in memory, left in the keys of raw dumps. */
const named = String.raw`(?:\.(?<adapter>(?!(?:weight|bias)$)[^.]+))?`;
const around = String.raw`(?:_lora|\.lora|\.lora_linear_layer)?`;

const rows: readonly (readonly [ending: string, part: Part])[] = [
  // PEFT, diffusers, ai-toolkit; some write no ".weight".
  [String.raw`\.lora_A${named}(?:\.weight)?`, 'down'],
  [String.raw`\.lora_B${named}(?:\.weight)?`, 'up'],
  [String.raw`\.lora_B${named}\.bias`, 'bias'],
  [String.raw`\.lora_embedding_A${named}(?:\.weight)?`, 'embedding_a'],
  [String.raw`\.lora_embedding_B${named}(?:\.weight)?`, 'embedding_b'],
  [String.raw`\.lora_magnitude_vector${named}(?:\.weight)?`, 'magnitude'],
  // kohya and LyCORIS.
  [String.raw`\.lora_down\.weight`, 'down'],
  [String.raw`\.lora_up\.weight`, 'up'],
  [String.raw`\.lora_up\.bias`, 'bias'],
  [String.raw`\.lora_mid\.weight`, 'mid'],
  // diffusers before PEFT, XLabs, control LoRAs.
  [String.raw`${around}\.down(?:\.weight)?`, 'down'],
  [String.raw`${around}\.up(?:\.weight)?`, 'up'],
  [String.raw`${around}\.(?:alpha|lora_alpha|network_alpha)`, 'alpha'],
  // ai-toolkit's DoRA.
  [String.raw`\.magnitude`, 'magnitude'],
  ...partNames
    .filter((part) => /^(?:hada|lokr|d|[wb]_)/.test(part) && part !== 'down')
    .map((part) => [String.raw`\.${part}${named}`, part] as const),
];
const patterns = rows.map(([ending, part]) => {
  return { part, pattern: new RegExp(`^(?<module>.+?)${ending}$`) };
});

/** What a tensor of this name holds of an update; null where the name says no such thing. */
export function readName(name: string): Name | null {
  for (const { part, pattern } of patterns) {
    const groups = pattern.exec(name)?.groups;
    if (groups) {
      const { module, adapter = null } = groups as { module: string; adapter?: string };
      return { module: module.replace(aroundBase, ''), part, adapter };
    }
  }
  return null;
}

/** The base's name of a tensor that PEFT keeps whole: without its wrappers. */
export function plainName(name: string): string {
  return name
    .replace(aroundBase, '')
    .replace(/\.modules_to_save(?:\.[^.]+)?(?=\.[^.]+$)/, '')
    .replace(/\.base_layer(?=\.[^.]+$)/, '');
}

const tool = 'Merge it into its base with the tool it was trained with.';
/** Names of what adds no matrix to a weight, or not one that can be known, and the reason. */
const foreign: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /(?:^|[._])b?oft_[a-z]|\.rescale$/i,
    `OFT and BOFT turn the base's weights instead of adding to them. ${tool}`,
  ],
  [
    /\.(?:on_input|ia3_l)(?:\.|$)/,
    `IA3 multiplies the base's weights instead of adding to them. ${tool}`,
  ],
  [
    /\.(?:a1|a2|b1|b2|bm)(?:\.weight)?$/,
    `GLoRA multiplies the base's weights before it adds to them. ${tool}`,
  ],
  [
    /\.vera_(?:lambda_[bd]|[AB])(?:\.|$)/,
    'VeRA draws its matrices from a seed. Merge it with PEFT (merge_and_unload).',
  ],
  [
    /\.lora_E(?:\.|$)/,
    'AdaLoRA has a diagonal between its factors. Merge it with PEFT (merge_and_unload).',
  ],
  [
    /\.lora_diag(?:\.|$)/,
    'KaSA changed the base it was trained on. Merge it with PEFT (merge_and_unload).',
  ],
  [
    /\.lora_[ab](?:\.weight)?$/,
    'Names of MLX or torchtune, which keep the scale elsewhere. Save it in PEFT’s layout.',
  ],
  [
    /trainable_tokens|\.token_adapter\./,
    'Rows of single tokens were trained. Merge it with PEFT (merge_and_unload).',
  ],
  [
    /\.bias_(?:indices|values|size)$/,
    `LyCORIS keeps single changed elements here, beside the factors. ${tool}`,
  ],
  [/\.original_module\./, 'The base’s own tensor, which raw dumps keep beside the trained one.'],
  [/\.reshape_weight$/, 'The base’s weight is to be padded to another shape first.'],
  [
    /\.(?:lora_A|lora_down)\b.*\.bias$/,
    'A bias between the factors is no part of a matrix that is added.',
  ],
  [/^bundle_emb\.|string_to_param|^emb_params$/, 'An embedding for prompts, not an update.'],
];

/** Why a tensor that `readName` does not know cannot be read; null where its name says nothing. */
export function whyForeign(name: string): string | null {
  return foreign.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
