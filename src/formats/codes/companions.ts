/** What lies beside codes, by the names that are in use for it. */
import type { StoredTensor } from '../model.ts';
import type { Stored } from './found.ts';

/** What weights are multiplied with, under every name seen in public files. */
const SCALES = [
  ...['scale', 'scales', 'scale_inv', '_scale', 'weight_scale', 'weight_scales'],
  ...['weight_scale_inv', 'scale_weight', 'scale_w', 'w_scale', 'weight_scaler'],
];
/** What activations are multiplied with when they are quantised too, and marks; no value depends on them. */
const ASIDE = [
  ...['input_scale', 'scale_input', 'input_scale_ub', 'act_scale', 'activation_scale'],
  ...['output_scale', 'scale_output', 'input_global_scale', 'comfy_quant'],
];
/** What makes a scheme another than code × scale. */
const OTHERS = [
  ...['weight_scale_2', 'weight_global_scale', 'global_scale', 'pre_quant_scale', 'wscales'],
  ...['absmax', 'nested_absmax', 'quant_map', 'nested_quant_map', 'quant_state', 'SCB', 'CB'],
  ...['qzeros', 'zeros', 'zero', 'zero_point', 'weight_zero_point', '_zero_point', '_shift'],
  ...['g_idx', 'weight_g_idx', 'weight_shape', 'codebook', 'codebooks', 'centroids', 'lut'],
  ...['SU', 'SV', 'biases', 'qbiases', 'meta', 'amax', 'tables', 'dense_weights'],
];

export type Companions = {
  readonly scales: readonly StoredTensor[];
  readonly aside: readonly StoredTensor[];
  readonly others: readonly StoredTensor[];
};

/** Last parts of names under which weights lie; what belongs to them may stand beside, not only below. */
const WEIGHT =
  /^(?:weight|qweight|q_weight|weight_packed|weight_q|W_q|qdata|_data|codes|indices|Qidxs)$/;

export function isWeightName(name: string): boolean {
  return WEIGHT.test(name.slice(name.lastIndexOf('.') + 1));
}

/** Name without its last part and the dot; empty when there is none. */
export function stemOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}

/** All that lies beside a tensor of codes, each once. */
export function companionsOf({ name }: StoredTensor, { tensors }: Stored): Companions {
  const stem = stemOf(name);
  const beside = isWeightName(name) ? [stem === '' ? '' : `${stem}.`] : [];
  const index = indexOf(tensors);
  const found = [...beside, `${name}.`, `${name}_`].flatMap((front) => index.get(front) ?? []);
  const of = (kind: Kind) => [
    ...new Set(
      found.flatMap((one) => (one.kind === kind && one.tensor.name !== name ? [one.tensor] : [])),
    ),
  ];
  return { scales: of('scales'), aside: of('aside'), others: of('others') };
}

/** Scales of keys, values and attention: they say nothing of weights beside them. */
const OF_ACTIVATIONS = /^(?:[qkv]|kv|prob|prob_output)_scale$/;

/** Whether something is called a scale by nobody we know: what it scales, and how, cannot be told. */
function isStrangeScale(last: string): boolean {
  const isKnown = words.some(([word]) => word === last) || OF_ACTIVATIONS.test(last);
  return /scale/i.test(last) && !isKnown;
}

type Kind = keyof Companions;
type Named = { readonly kind: Kind; readonly tensor: StoredTensor };
type Index = ReadonlyMap<string, readonly Named[]>;

const words: readonly (readonly [word: string, kind: Kind])[] = [
  ...SCALES.map((word) => [word, 'scales'] as const),
  ...ASIDE.map((word) => [word, 'aside'] as const),
  ...OTHERS.map((word) => [word, 'others'] as const),
];
const indexes = new WeakMap<Stored['tensors'], Index>();

/**
 * Every tensor that is named like a companion, by what stands before that word; scales of other names by what
 * stands before the whole of it. Made once for a model.
 */
function indexOf(tensors: Stored['tensors']): Index {
  const known = indexes.get(tensors);
  if (known) return known;
  const index = new Map<string, Named[]>();
  const add = (front: string, named: Named) => {
    const there = index.get(front);
    if (there) there.push(named);
    else index.set(front, [named]);
  };
  for (const tensor of tensors.values()) {
    const { name } = tensor;
    const front = name.slice(0, name.lastIndexOf('.') + 1);
    if (isStrangeScale(name.slice(front.length))) add(front, { kind: 'others', tensor });
    for (const [word, kind] of words) {
      if (!name.endsWith(word)) continue;
      const front = name.slice(0, name.length - word.length);
      if (front !== '' && !/[._]$/.test(front)) continue;
      add(front, { kind, tensor });
    }
  }
  indexes.set(tensors, index);
  return index;
}
