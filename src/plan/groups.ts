/**
 * What role a tensor plays, judged by its name alone. Roles are labels for rules and views: a wrong
 * guess never stops a merge, so no list of architectures is needed.
 */
import type { TensorGroup } from '../recipe/recipe.ts';

export type TensorPlace = {
  readonly group: TensorGroup;
  /** What comes before the layer number: "model.layers", "encoder.block"; null outside the layers. */
  readonly stack: string | null;
  readonly layer: number | null;
};

const LAYER =
  /^(.*?(?:^|[./])(?:\w+_)?(?:layers?|h|blocks?|resblocks|stages?|layer_groups))\.(\d+)(?:\.|$)/;
const SUFFIX = new Set(['weight', 'bias', 'gamma', 'beta', 'scale', 'g', 'b']);

const NORM = /norm|^ln(?:_|\d|$)|_ln$|^bn\d*$/i;
const HEAD_ANYWHERE = /^(?:lm_head|shared_head|embed_out)$/;
const HEAD_OUTSIDE =
  /^(?:output|output_layer|ff_out|cls|score|classifier|pre_classifier|qa_outputs|heads?|proj_out|vocab_(?:projector|transform)|final_logits_bias|generator_\w+)$/;
const EMBEDDING = /embed|^(?:wte|wpe|shared|emb)$/i;
const ATTENTION_BOX = /attn|attention|^att(?:_|$)/i;
const MLP_BOX = /mlp|ffn|feed_?forward|^ff$|moe|experts?$|intermediate|DenseReluDense/i;
const ATTENTION_LEAF =
  /^(?:[qkvo]_proj|qkv(?:_proj)?|out_proj|w[qkvo]|w?qkv|query|key|value|query_key_value|c_attn)$/i;
const MLP_LEAF =
  /^(?:fc\d*|fc_(?:in|out)|gate_proj|up_proj|down_proj|gate_up_proj|w[123]|c_fc|c_proj|lin[12]|output|gate|router|dense_(?:h_to_4h|4h_to_h)|ff_proj|ff_out|linear[12]|wi(?:_\d)?|wo)$/i;

const known = new Map<string, TensorPlace>();
const MOST_KNOWN = 200_000;

/**
 * Group and layer of a tensor; the first numbered stack in the name counts as the layer. Names are
 * remembered: a plan is made at every keystroke, of models with tens of thousands of tensors.
 */
export function placeOf(name: string): TensorPlace {
  const seen = known.get(name);
  if (seen) return seen;
  if (known.size >= MOST_KNOWN) known.clear();
  const place = judge(name);
  known.set(name, place);
  return place;
}

function judge(name: string): TensorPlace {
  const found = LAYER.exec(name);
  const stack = found ? found[1] : null;
  const layer = found ? Number(found[2]) : null;
  const all = name.split(/[./]/);
  const last = all.findLastIndex((segment) => !SUFFIX.has(segment));
  const segments = last < 0 ? all : all.slice(0, last + 1);
  return { group: groupOf(segments, layer !== null), stack, layer };
}

function groupOf(segments: readonly string[], inLayer: boolean): TensorGroup {
  const leaf = segments[segments.length - 1];
  const some = (pattern: RegExp) => segments.some((segment) => pattern.test(segment));
  if (NORM.test(leaf)) return 'norms';
  if (some(HEAD_ANYWHERE) || (!inLayer && some(HEAD_OUTSIDE))) return 'head';
  if (!inLayer && some(EMBEDDING)) return 'embeddings';
  const attention = segments.findLastIndex((segment) => ATTENTION_BOX.test(segment));
  const mlp = segments.findLastIndex((segment) => MLP_BOX.test(segment));
  if (attention !== mlp) return attention > mlp ? 'attention' : 'mlp';
  if (some(EMBEDDING)) return 'embeddings';
  if (ATTENTION_LEAF.test(leaf)) return 'attention';
  if (inLayer && (MLP_LEAF.test(leaf) || segments.includes('output'))) return 'mlp';
  return 'other';
}
