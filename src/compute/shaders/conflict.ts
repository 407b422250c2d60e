/** What conflict.wgsl counts, and how what it counts lies in memory. */
import { countKinds, type Fields } from './structs.ts';

/** How a sign is elected. */
export type Vote = {
  readonly by: 'total' | 'frequency';
  readonly sees: 'weighted' | 'unweighted';
  readonly even: 'drop' | 'plus';
};

/** Sums over elements, in order; then `modelSums` of each model. */
export const elementSums = ['shared', 'conflicts', 'mass', 'opposed', 'split', 'most'] as const;
export const modelSums = ['nonZero', 'massOf', 'overruledOf', 'squaresOf'] as const;
export const pairSums = ['both', 'opposite', 'products'] as const;

/** More models than these are counted by the definition only. */
export const MOST_MODELS = 32;

/** Tiles that a thread counts, side by side. */
export const LANES = 4;

/** Rows of tiles that lie side by side: all are as high as there are rows, and `width` elements wide. */
export type Band = { readonly rows: number; readonly width: number; readonly tiles: number };

/** Elements that a plane of the band takes: rows are filled up to whole fours of tiles. */
export function planeLength(band: Band): number {
  return band.rows * pitchOf(band);
}

/** Elements from one row to the next. */
export function pitchOf({ width, tiles }: Pick<Band, 'width' | 'tiles'>): number {
  return LANES * width * groupsOf(tiles);
}

function groupsOf(tiles: number): number {
  return Math.ceil(tiles / LANES);
}

export function bandFields(band: Band): Fields<'Band'> {
  const { rows, width, tiles } = band;
  const stride = planeLength(band);
  return { rows, width, pitch: pitchOf(band), stride, groups: groupsOf(tiles) };
}

/** The same elements for pairs, which nobody needs tile by tile: fewer and longer sums. */
export function pairFields(band: Band): Fields<'Band'> {
  const stride = planeLength(band);
  let { groups } = bandFields(band);
  while (groups % 2 === 0 && stride / (LANES * groups) < LONG) groups /= 2;
  return { rows: 1, width: stride / (LANES * groups), pitch: stride, stride, groups };
}

/** Terms of a sum of pairs that is long enough. */
const LONG = 512;

/** vec4f that one group's sums take. */
export function sumsOf(kind: (typeof countKinds)[number], models: number): number {
  return kind === 'PAIRS' ? pairSums.length : elementSums.length + modelSums.length * models;
}

/** Values of the override constants. */
export function countConstants(
  kind: (typeof countKinds)[number],
  models: number,
  { by, sees, even }: Vote,
): Readonly<Record<string, number>> {
  return {
    KIND: countKinds.indexOf(kind),
    MODELS: models,
    BY_FREQUENCY: by === 'frequency' ? 1 : 0,
    ELECT_WEIGHTED: sees === 'weighted' ? 1 : 0,
    EVEN_IS_PLUS: even === 'plus' ? 1 : 0,
  };
}
