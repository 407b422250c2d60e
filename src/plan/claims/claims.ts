/**
 * config.json held against the tensors, by names and shapes alone. Where names or a model type are not
 * known nothing is said. Seen with transformers 4.57 and 5.23: a tensor of another shape is an error, one
 * that is lacking is filled with random values, one too many is ignored.
 */

import { headClaims } from './heads.ts';
import { labelClaims } from './labels.ts';
import { expertClaims, layerClaims } from './layers.ts';
import { type Claim, type Kind, scopesOf } from './scope.ts';
import { sizeClaims, vocabularyClaims } from './sizes.ts';

/**
 * Model types whose layers, heads and inner sizes are counted as their names suggest: of each, all that
 * transformers 5.23 makes of an odd config (216 models) is borne out by what it then stores.
 */
const KNOWN = new Set(
  [
    'llama mistral mixtral ministral qwen2 qwen2_moe qwen3 qwen3_moe qwen2_vl qwen2_vl_text',
    'qwen2_5_vl qwen2_5_vl_text gemma gemma2 gemma3 gemma3_text phi phi3 gpt2 gpt_neo',
    'gpt_neox gptj gpt_bigcode falcon bloom mpt opt olmo olmo2 olmoe starcoder2 stablelm',
    'cohere cohere2 granite smollm3 glm glm4 glm4_moe seed_oss apertus arcee bert roberta',
    'xlm-roberta camembert distilbert electra deberta deberta-v2 mpnet t5 mt5 umt5 bart mbart',
    'vit deit beit dinov2 clip clip_text_model clip_vision_model siglip siglip_text_model',
    'siglip_vision_model',
  ].flatMap((line) => line.split(' ')),
);

/**
 * Every statement of the config that the tensors do not bear out. Of model types that are not known only the
 * rows that the vocabulary lacks are told, since their own code may pad it.
 */
export function claimsOf(
  config: Readonly<Record<string, unknown>>,
  tensors: readonly Kind[],
): readonly Claim[] {
  // The classes of diffusers count in their own ways.
  if ('_class_name' in config) return [];
  return scopesOf(config, tensors).flatMap((scope) => {
    const type = scope.config['model_type'];
    if (typeof type === 'string' && !KNOWN.has(type)) return vocabularyClaims(scope);
    return [
      ...sizeClaims(scope),
      ...layerClaims(scope),
      ...headClaims(scope),
      ...expertClaims(scope),
      ...labelClaims(scope),
    ];
  });
}
