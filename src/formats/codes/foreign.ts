/** Codes that are recognised and not read as values, each by the name people know it by. */
import { isFloatDtype } from '../../numerics/dtype.ts';
import type { StoredTensor } from '../model.ts';
import { companionsOf, isWeightName, stemOf } from './companions.ts';
import { described, type Found, type Stored, unreadable } from './found.ts';

type Look = {
  readonly tensor: StoredTensor;
  /** The last part of the tensor's name. */
  readonly last: string;
  readonly has: (companion: string) => boolean;
};

const schemes: readonly (readonly [scheme: string, is: (look: Look) => boolean])[] = [
  ['bitsandbytes NF4', ({ has }) => has('quant_state.bitsandbytes__nf4')],
  ['bitsandbytes FP4', ({ has }) => has('quant_state.bitsandbytes__fp4')],
  ['bitsandbytes 4-bit', ({ has }) => has('absmax')],
  ['bitsandbytes int8', ({ has }) => has('SCB')],
  ['GPTQ', ({ last, has }) => last === 'qweight' && has('g_idx')],
  ['AWQ or GPTQ', ({ last, has }) => last === 'qweight' && has('qzeros')],
  ['SVDQuant', ({ last, has }) => last === 'qweight' && has('wscales')],
  ['NVFP4', ({ has }) => has('weight_scale_2') || has('weight_global_scale')],
  ['compressed-tensors packed', ({ last }) => last === 'weight_packed'],
  ['HQQ', ({ last }) => last === 'W_q'],
  ['AQLM', ({ last, has }) => last === 'codes' && has('codebooks')],
  ['VPTQ', ({ last, has }) => last === 'indices' && has('centroids')],
  ['QuIP#', ({ last }) => last === 'Qidxs'],
  ['quanto', ({ last }) => last === '_data'],
  ['affine codes of MLX', ({ tensor, has }) => tensor.dtype === 'U32' && has('biases')],
];

/** Whole numbers that stand for weights. Positions and counts are I64, masks are BOOL. */
const CODES = /^(?:U8|I8|U16|I16|U32|I32|U64|F4|F6_E2M3|F6_E3M2|F8_E4M3FNUZ|F8_E5M2FNUZ)$/;

/** Any codes that nothing else has recognised: by what lies beside them, or by their name alone. */
export function foreign(tensor: StoredTensor, stored: Stored): Found | null {
  if (!CODES.test(tensor.dtype)) return null;
  const companions = companionsOf(tensor, stored);
  const beside = [...companions.scales, ...companions.others];
  const names = isWeightName(tensor.name);
  const declared = stored.declared !== null && tensor.shape.length > 1;
  if (beside.length === 0 && !names && !declared) return null;
  const scheme = schemeOf(tensor, stored);
  const why =
    beside.length > 0
      ? `it is ${described(tensor)} beside ${beside[0].name}`
      : `it is ${described(tensor)}, and nothing beside it tells what its codes stand for`;
  return unreadable(tensor, [...beside, ...companions.aside], scheme, why);
}

function schemeOf(tensor: StoredTensor, { tensors, declared }: Stored): string {
  const { name } = tensor;
  const stem = stemOf(name);
  const fronts = [`${name}.`, `${name}_`, stem === '' ? '' : `${stem}.`];
  const has = (companion: string) => fronts.some((front) => tensors.has(front + companion));
  const last = name.slice(name.lastIndexOf('.') + 1);
  const known = schemes.find(([, is]) => is({ tensor, last, has }))?.[0];
  return known ?? declared ?? 'an unknown scheme';
}

/** Names that only scales and tables of codes have. */
const LEFT: readonly (readonly [pattern: RegExp, weights: string])[] = [
  [/^(.*)\.(?:scale_weight|SCB)$/, '$1.weight'],
  [/^(.*?)\.(?:absmax|quant_map|quant_state\..*)$/, '$1'],
  [/^(.*)_scale_inv$/, '$1'],
  [/^(.*\.weight)_(?:scale|zero_point)$/, '$1'],
];

/**
 * A scale that no codes took: its weights are floats of 16 or 32 bits, or missing. Whether it was applied to
 * them cannot be told from names and shapes.
 */
export function lonelyScale(scale: StoredTensor, { tensors }: Stored): Found | null {
  const left = LEFT.find(([pattern]) => pattern.test(scale.name));
  if (!left) return null;
  const name = scale.name.replace(...left);
  const weights = tensors.get(name);
  if (!weights) return unreadable(scale, [], 'codes', `there is no ${name} beside it`);
  if (!isFloatDtype(weights.dtype)) return null;
  const why = `it lies beside ${weights.name}, ${described(weights)}, and nothing tells whether the weights were multiplied with it already`;
  return unreadable(scale, [], 'codes', why);
}
