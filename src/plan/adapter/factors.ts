/** How the merge of one module becomes factors, and of which rank. */
import type { Matrix } from '../../formats/update.ts';
import { factored } from '../../lora/factored.ts';
import { rankByRule } from '../../lora/resize-rules.ts';
import type { RankRule } from '../../recipe/recipe.ts';
import type { FactorPart, MeasuredSpectrum } from '../types.ts';
import type { Module } from './modules.ts';

export type Cut = Pick<FactorPart, 'how' | 'rank'> & {
  /** False while the rule goes by singular values that are not known: then the rank is its largest. */
  readonly isKnown: boolean;
};

/**
 * `rule` null asks for an exact adapter where there is one: a weighted sum has the ranks of its parts together,
 * one adapter by itself its own. What is not a weighted sum (TIES, DARE, …) has full rank: then null stands for the
 * ranks together as well, and something is lost. A rule that goes by singular values needs the `spectrum`; until it
 * is measured, the rank is the largest that the rule can give.
 */
export function cutOf(
  module: Module,
  isSum: boolean,
  rule: RankRule | null,
  spectrum: MeasuredSpectrum | null,
): Cut {
  const { rows, columns, changes } = module;
  const side = Math.min(rows, columns);
  const ranks = changes.map(({ matrix }) => rankOf(matrix));
  const sum = ranks.reduce<number>((before, each) => before + (each ?? side), 0);
  const together = changes.length === 0 ? side : sum;
  const isFactored = ranks.every((each) => each !== null);
  if (!isSum || !isFactored) {
    const most = Math.min(mostOf(rule, module) ?? together, side);
    return { how: 'from the matrix', ...chosen(rule, spectrum, most) };
  }
  if (rule === null && (together <= side || changes.length === 1)) {
    return { how: 'concatenated', rank: together, isKnown: true };
  }
  const most = Math.min(mostOf(rule, module) ?? side, together, side);
  return { how: 'decomposed', ...chosen(rule, spectrum, most) };
}

/** Whether a spectrum tells of every rank up to `most`. */
export function isEnough(
  spectrum: MeasuredSpectrum | null | undefined,
  most: number,
): spectrum is MeasuredSpectrum {
  return spectrum != null && spectrum.values.length >= Math.min(most, spectrum.count);
}

/** The largest rank that a rule gives a module; null where it sets no limit. */
function mostOf(rule: RankRule | null, { kernel }: Module): number | null {
  if (rule === null) return null;
  if (rule.kind !== 'rank') return rule.most;
  return kernel.length > 0 ? (rule.convolutions ?? rule.rank) : rule.rank;
}

function chosen(
  rule: RankRule | null,
  spectrum: MeasuredSpectrum | null,
  most: number,
): Omit<Cut, 'how'> {
  if (rule === null || rule.kind === 'rank') return { rank: most, isKnown: true };
  if (!isEnough(spectrum, most)) return { rank: most, isKnown: false };
  const { values, energy, count } = spectrum;
  return { rank: rankByRule(values, rule, most, { energy, count }), isKnown: true };
}

/** Of its products together; null where it is no sum of products. */
function rankOf(matrix: Matrix): number | null {
  return factored(matrix)?.reduce((sum, { left }) => sum + left.columns, 0) ?? null;
}
