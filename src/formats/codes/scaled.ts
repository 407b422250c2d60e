/** One code an element, times a scale: FP8 as PyTorch, DeepSeek, vLLM and ComfyUI store it; int8. */
import type { CodesFormula, ScaleDtype, StoredTensor } from '../model.ts';
import { companionsOf } from './companions.ts';
import { described, type Found, namesOf, type Stored, unreadable } from './found.ts';
import { gridOf } from './grid.ts';

const FLOATS = { F8_E4M3: 'E4M3', F8_E5M2: 'E5M2' } as const;

/** FP8 with a scale for all, for each row or for each block. Without any scale FP8 is values, not codes. */
export function fp8(tensor: StoredTensor, stored: Stored): Found | null {
  const number = FLOATS[tensor.dtype as keyof typeof FLOATS];
  if (number === undefined) return null;
  const { scales, aside, others } = companionsOf(tensor, stored);
  if (scales.length === 0 && others.length === 0) {
    if (aside.length === 0) return null;
    const why = `it has ${aside[0].name}, but no scale of its own`;
    return unreadable(tensor, aside, 'FP8', why);
  }
  return scaled(tensor, number, 'FP8', stored);
}

/**
 * int8 with a scale for all or for each row, as compressed-tensors stores it. Others store the same names
 * turned or rotated, so it has to be declared.
 */
export function int8(tensor: StoredTensor, stored: Stored): Found | null {
  if (tensor.dtype !== 'I8' || stored.declared !== 'compressed-tensors') return null;
  if (companionsOf(tensor, stored).scales.length === 0) return null;
  return scaled(tensor, 'signed', 'int8', stored);
}

function scaled(
  tensor: StoredTensor,
  number: CodesFormula['number'],
  short: string,
  stored: Stored,
): Found {
  const { scales, aside, others } = companionsOf(tensor, stored);
  const all = [...scales, ...aside, ...others];
  const refuse = (why: string) => unreadable(tensor, all, short, why);
  if (others.length > 0) {
    const besides = scales.length > 0 ? 'besides its scale' : 'and no scale of a known name';
    return refuse(`it has ${others[0].name} ${besides}`);
  }
  if (scales.length !== 1) return refuse(`it has ${scales.length} scales, expected one`);
  const [scale] = scales;
  const marked = aside.some(({ name }) => name.endsWith('comfy_quant'));
  const dtype = scaleDtype(tensor, scale, marked);
  if (dtype === null)
    return refuse(`${scale.name} is ${described(scale)}, no scale of a known kind`);
  const declared = blockSize(stored.config);
  const grid = gridOf(tensor.shape, scale.shape, declared, scale.name.endsWith('scale_inv'));
  if (grid === null) {
    return refuse(
      `${scale.name} is ${described(scale)}, which does not tell a block of ${described(tensor)}`,
    );
  }
  const { sizes, blocks } = grid;
  const how = blocks.every((block, axis) => block === sizes[axis])
    ? 'one scale'
    : blocks[2] === sizes[2] && blocks[1] === 1
      ? 'a scale for each row'
      : 'block scales';
  return {
    with: namesOf([tensor, ...all]),
    read: {
      name: tensor.name,
      dtype: stored.values,
      shape: tensor.shape,
      scheme: `${short} with ${how}`,
      formula: {
        ...{ kind: 'codes', number, bits: 8, sizes, blocks },
        ...{ scale: dtype, offset: false, transposed: false },
      },
      inputs: [tensor, scale],
    },
  };
}

/** Bytes are powers of two where 32 neighbours of a row share one, unless ComfyUI has laid them out anew. */
function scaleDtype(
  tensor: StoredTensor,
  { dtype, shape }: StoredTensor,
  marked: boolean,
): ScaleDtype | null {
  if (dtype === 'F32' || dtype === 'F16' || dtype === 'BF16') return dtype;
  if (marked || (dtype !== 'F8_E8M0' && dtype !== 'U8')) return null;
  if (dtype === 'F8_E8M0') return dtype;
  const thirtySeconds = [...tensor.shape.slice(0, -1), (tensor.shape.at(-1) ?? 0) / 32];
  return String(shape) === String(thirtySeconds) ? 'F8_E8M0' : null;
}

/** `weight_block_size` of config.json. */
function blockSize(config: Stored['config']): readonly number[] | null {
  const fields = config?.['quantization_config'] as Record<string, unknown> | undefined | null;
  const size = fields?.['weight_block_size'];
  const isPair = Array.isArray(size) && size.length === 2 && size.every(Number.isInteger);
  return isPair ? (size as readonly number[]) : null;
}
