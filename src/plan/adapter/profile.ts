/**
 * What a profile makes of a merge of adapters: which of their tensors the method meets, and with which weights.
 * With cᵢ the number that an update's stored product Bᵢ·Aᵢ ends up with in a weighted sum:
 *
 * | profile    | updates     | factors     | ranks             |
 * | ---------- | ----------- | ----------- | ----------------- |
 * | corrected  | w·s         |             |                   |
 * | peft 0.20  | w·s²        | w·s         | w·s               |
 * | peft 0.21  | w·s         | w·s         | w·s               |
 * | sd-scripts | w·s         | w·│w│·s     | w·│w│·s·r / Σr    |
 *
 * Of factors, A is merged with weights sign(cᵢ)·√│cᵢ│ and B with √│cᵢ│, each on its own: the product has cross
 * terms Bᵢ·Aⱼ. PEFT copies the first adapter's config; with rsLoRA in it, the result has the scale √rank.
 */
import { factored } from '../../lora/factored.ts';
import type { Combine } from '../../methods/combine.ts';
import type { AdapterOptions, RankRule } from '../../recipe/recipe.ts';
import type { Participant, Participants } from '../participants.ts';
import type { FactorPart } from '../types.ts';
import { type Change, type Module, productOf } from './modules.ts';

export type Reading = Pick<FactorPart, 'balance' | 'clamp'> & {
  readonly profile: AdapterOptions['profile'];
  readonly combine: Combine;
  /** One adapter that PEFT takes as it is, times its weight, whatever merge is asked for. */
  readonly isAlone: boolean;
  /** Of updates: what the result is cut to; null for an exact one where there is one. */
  readonly rank: RankRule | null;
  /** By which the copied config multiplies the result. */
  readonly gain: number;
};

/** What svd_merge_lora.py always clamps to, and the rank it gives unless asked for another. */
const sdScripts = { clamp: 0.99, rank: { kind: 'rank', rank: 4, convolutions: null } } as const;

export function readingOf({ recipe, experts }: Participants): Reading {
  const { profile, combine, clamp } = recipe.adapters;
  const { rank } = recipe.output;
  if (profile === 'corrected') {
    const balance = clamp === null ? 'even' : 'b';
    return { profile, combine: 'updates', isAlone: false, rank, gain: 1, balance, clamp };
  }
  const plain = { profile, combine, isAlone: false, gain: 1, balance: 'b', clamp: null } as const;
  if (profile === 'sd-scripts') {
    const own = { clamp: sdScripts.clamp, rank: rank ?? sdScripts.rank };
    return combine === 'updates' ? { ...plain, ...own } : { ...plain, balance: 'even', rank: null };
  }
  const ranks = experts.map(rankOf);
  const most = Math.max(...ranks);
  const together = ranks.reduce((sum, each) => sum + each, 0);
  const isAlone = experts.length === 1;
  const isCut = combine === 'updates' && !isAlone;
  const asked = rank?.kind === 'rank' ? rank.rank : most;
  const made = isCut ? asked : combine === 'ranks' ? together : most;
  return {
    ...plain,
    combine: isAlone ? 'ranks' : combine,
    isAlone,
    rank: isCut ? { kind: 'rank', rank: made, convolutions: null } : null,
    gain: isByRoot(experts[0]) ? Math.sqrt(made) : 1,
    ...(isCut ? { clamp } : { balance: 'even' }),
  };
}

/**
 * The weight of a change in this reading, for the one that it was given: the change then counts that many times
 * in a weighted sum, its own scale once more.
 */
export function strengthOf(
  { profile, combine, gain }: Reading,
  { rows, changes }: Module,
  change: Change,
  weight: number,
): number {
  if (profile === 'corrected') return weight;
  if (profile === 'sd-scripts') {
    if (combine === 'updates') return weight;
    const rankIn = (one: Change) => productOf(one, rows)?.left.columns ?? 0;
    const together = changes.reduce((sum, each) => sum + rankIn(each), 0);
    const share = combine === 'ranks' ? rankIn(change) / together : 1;
    return weight * Math.abs(weight) * share;
  }
  const isScaledTwice = profile === 'peft 0.20' && combine === 'updates';
  return weight * gain * (isScaledTwice ? scaleOf(change) : 1);
}

/** By which the product of a change's stored factors is multiplied: alpha / r. */
export function scaleOf({ scale, matrix }: Change): number {
  return scale * (factored(matrix)?.[0]?.by ?? 1);
}

/** What PEFT takes for the rank of an adapter: `r`, or the largest of its patterns. */
export function rankOf({ model }: Participant): number {
  const { r, rank_pattern: pattern } = model.adapter?.config ?? {};
  const patterned = typeof pattern === 'object' && pattern !== null ? Object.values(pattern) : [];
  const own = model.adapter?.updates.map(({ rank }) => rank ?? 0) ?? [];
  const said = [r, ...patterned].filter((each) => typeof each === 'number');
  return Math.max(1, ...(said.length > 0 ? said : own));
}

export function isByRoot({ model }: Participant): boolean {
  return model.adapter?.config?.use_rslora === true;
}
