/** Microscaling floats of the Open Compute Project: 32 neighbours share a power of two. */
import type { CodesFormula, StoredTensor } from '../model.ts';
import { companionsOf, stemOf } from './companions.ts';
import { described, type Found, namesOf, type Stored, unreadable } from './found.ts';

const GROUP = 32;

/**
 * gpt-oss: blocks of 16 bytes, each with a byte of scale. transformers names them `x_blocks` and `x_scales` and
 * holds the experts' matrices the other way round; OpenAI's own files say `x.blocks` and do not.
 */
export function gptOss(tensor: StoredTensor, { tensors, values }: Stored): Found | null {
  const named = /^(.+)([._])blocks$/.exec(tensor.name);
  if (!named || tensor.dtype !== 'U8') return null;
  const [, name, mark] = named;
  const scales = tensors.get(`${name}${mark}scales`);
  const transposed = mark === '_';
  const refuse = (why: string) =>
    unreadable(tensor, scales ? [scales] : [], 'MXFP4 of gpt-oss', why);
  if (!scales) return refuse(`it has no ${name}${mark}scales`);
  const { shape } = tensor;
  const fits = scales.dtype === 'U8' && String(scales.shape) === String(shape.slice(0, -1));
  if (!fits || shape.length < (transposed ? 4 : 3) || shape.at(-1) !== GROUP / 2) {
    return refuse(`${scales.name} is ${described(scales)} beside ${described(tensor)}`);
  }
  const [rows, groups] = shape.slice(-3, -1);
  const columns = groups * GROUP;
  const before = shape.slice(0, -3);
  const matrices = before.reduce((product, size) => product * size, 1);
  const last = transposed ? [columns, rows] : [rows, columns];
  return {
    with: namesOf([tensor, scales]),
    read: {
      name,
      dtype: values,
      shape: [...before, ...last],
      scheme: 'MXFP4',
      formula: grouped('E2M1', [matrices, rows, columns], transposed),
      inputs: [tensor, scales],
    },
  };
}

/** Two codes a byte beside scales of 32 codes each, as compressed-tensors and DeepSeek pack them. */
export function packed(tensor: StoredTensor, stored: Stored): Found | null {
  const isByte = tensor.dtype === 'U8' || tensor.dtype === 'I8';
  if (!isByte && tensor.dtype !== 'F4') return null;
  const { scales, aside, others } = companionsOf(tensor, stored);
  const [scale] = scales;
  if (scales.length !== 1 || others.length > 0 || aside.length > 0) return null;
  if (scale.dtype !== 'F8_E8M0' && scale.dtype !== 'U8') return null;
  const perScale = isByte ? GROUP / 2 : GROUP;
  const { shape } = tensor;
  const groups = [...shape.slice(0, -1), (shape.at(-1) ?? 0) / perScale];
  if (shape.length < 2 || String(scale.shape) !== String(groups)) return null;
  const name = tensor.name.endsWith('.weight_packed')
    ? `${stemOf(tensor.name)}.weight`
    : tensor.name;
  return wordsOf(tensor, scale, name, 'E2M1', stored);
}

/** MLX: the same in words of 32 bits, without biases. How many codes share a scale tells their width. */
export function mlx(tensor: StoredTensor, stored: Stored): Found | null {
  const scales = stored.tensors.get(`${stemOf(tensor.name)}.scales`);
  if (tensor.dtype !== 'U32' || scales?.dtype !== 'U8') return null;
  const bitsAScale = (32 * (tensor.shape.at(-1) ?? 0)) / (scales.shape.at(-1) ?? 1);
  const number = ({ 128: 'E2M1', 256: 'E4M3' } as const)[bitsAScale];
  const rows = (shape: readonly number[]) => String(shape.slice(0, -1));
  if (!number || rows(tensor.shape) !== rows(scales.shape)) {
    const scheme = bitsAScale === 64 ? 'NVFP4 of MLX' : 'codes of MLX';
    const why = `${scales.name} is ${described(scales)} beside ${described(tensor)}`;
    return unreadable(tensor, [scales], scheme, why);
  }
  return wordsOf(tensor, scales, tensor.name, number, stored);
}

/** Codes whose scales lie over groups of the last axis, whatever they are packed in. */
function wordsOf(
  codes: StoredTensor,
  scales: StoredTensor,
  name: string,
  number: 'E2M1' | 'E4M3',
  { values }: Stored,
): Found {
  const shape = [...scales.shape.slice(0, -1), (scales.shape.at(-1) ?? 0) * GROUP];
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  return {
    with: namesOf([codes, scales]),
    read: {
      name,
      dtype: values,
      shape,
      scheme: number === 'E2M1' ? 'MXFP4' : 'MXFP8',
      formula: grouped(number, [1, rows, shape.at(-1) ?? 0], false),
      inputs: [codes, scales],
    },
  };
}

function grouped(
  number: 'E2M1' | 'E4M3',
  sizes: CodesFormula['sizes'],
  transposed: boolean,
): CodesFormula {
  return {
    kind: 'codes',
    number,
    bits: number === 'E2M1' ? 4 : 8,
    sizes,
    blocks: [1, 1, GROUP],
    scale: 'F8_E8M0',
    offset: false,
    transposed,
  };
}
