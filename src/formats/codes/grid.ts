import type { Axes } from '../model.ts';

/** How scales lie over a tensor of codes: three axes, and the neighbours that share a scale along each. */
export type Grid = { readonly sizes: Axes; readonly blocks: Axes };

type Axis = { readonly size: number; readonly block: number };

/** The block of DeepSeek-V3's weights, which the others took over. */
const USUAL = 128;

/**
 * How scales of one shape lie over codes of another: one for all, one a row, or one a block. The size of a
 * block is the one that config.json names; else 128 where that fits, or what divides the axis evenly. Null when
 * the shapes do not fit, or fit in more than one way.
 *
 * @param declared block of the last two axes, as `weight_block_size` gives it
 * @param ceiled whether blocks may be cut off at the end of an axis, so that 128 comes first
 */
export function gridOf(
  codes: readonly number[],
  scales: readonly number[],
  declared: readonly number[] | null,
  ceiled: boolean,
): Grid | null {
  const counts = aligned(codes, scales);
  if (counts === null) return null;
  const axes = codes.map((size, axis): Axis | null => {
    const wanted = declared?.[axis - codes.length + 2];
    const block = blockOf(size, counts[axis], wanted, ceiled);
    return block === null ? null : { size, block };
  });
  if (axes.some((axis) => axis === null)) return null;
  return collapsed(axes as readonly Axis[]);
}

/** Counts of scales along each axis of the codes; null when that cannot be told. */
function aligned(codes: readonly number[], scales: readonly number[]): readonly number[] | null {
  const ones = (count: number) => new Array<number>(Math.max(0, count)).fill(1);
  if (scales.every((count) => count === 1)) return ones(codes.length);
  if (scales.length === codes.length) return scales;
  // [rows, blocks, 1] over [rows, columns], as a view of rows in blocks gives it.
  if (scales.length === codes.length + 1 && scales.at(-1) === 1) return scales.slice(0, -1);
  const leading =
    scales.length < codes.length && scales.every((count, i) => count === codes[i] || count === 1);
  return leading ? [...scales, ...ones(codes.length - scales.length)] : null;
}

function blockOf(size: number, count: number, declared: number | undefined, ceiled: boolean) {
  const fits = (block: number) => block > 0 && Math.ceil(size / block) === count;
  if (count === 1) return size;
  if (count === size) return 1;
  if (declared !== undefined && fits(declared)) return declared;
  const even = size % count === 0 ? size / count : null;
  const power = even !== null && even >= 16 && Number.isInteger(Math.log2(even)) ? even : null;
  if (!fits(USUAL)) return power;
  return ceiled || even === null || even === USUAL ? USUAL : null;
}

/** Neighbouring axes that are alike are one; three are left, or it is no grid of matrices. */
function collapsed(axes: readonly Axis[]): Grid | null {
  const merged: Axis[] = [];
  for (const axis of axes) {
    const before = merged.at(-1);
    if (!before) merged.push(axis);
    else if (before.block === before.size && axis.block === axis.size) {
      const size = before.size * axis.size;
      merged[merged.length - 1] = { size, block: size };
    } else if (before.block === 1 && axis.block === 1) {
      merged[merged.length - 1] = { size: before.size * axis.size, block: 1 };
    } else merged.push(axis);
  }
  if (merged.length > 3) return null;
  while (merged.length < 3) merged.unshift({ size: 1, block: 1 });
  const [a, b, c] = merged;
  return { sizes: [a.size, b.size, c.size], blocks: [a.block, b.block, c.block] };
}
