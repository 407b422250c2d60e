/** How the merge of one module becomes factors, and of which rank. */
import type { Matrix } from '../../formats/update.ts';
import { factored } from '../../lora/factored.ts';
import type { FactorPart } from '../types.ts';
import type { Module } from './modules.ts';

export type Cut = Pick<FactorPart, 'how' | 'rank'>;

/**
 * `rank` is the one asked for, null for an exact adapter where there is one: a weighted sum has the ranks of
 * its parts together. What is not a weighted sum (TIES, DARE, …) has full rank: then null stands for the ranks
 * together as well, and something is lost.
 */
export function cutOf(module: Module, isSum: boolean, rank: number | null): Cut {
  const { rows, columns, changes } = module;
  const side = Math.min(rows, columns);
  const ranks = changes.map(({ matrix }) => rankOf(matrix));
  const together = ranks.reduce<number>((sum, each) => sum + (each ?? side), 0);
  const isFactored = ranks.every((each) => each !== null);
  if (!isSum || !isFactored) {
    return { how: 'from the matrix', rank: Math.min(rank ?? together, side) };
  }
  if (rank === null && together <= side) return { how: 'concatenated', rank: together };
  return { how: 'decomposed', rank: Math.min(rank ?? side, together, side) };
}

/** Of its products together; null where it is no sum of products. */
function rankOf(matrix: Matrix): number | null {
  return factored(matrix)?.reduce((sum, { left }) => sum + left.columns, 0) ?? null;
}
