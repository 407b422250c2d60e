import { checkRank, countUntil, rankForEnergy, type Spectrum, sharesOf } from './spectrum.ts';

/**
 * How a resize chooses the rank of one module. `energy` is PEFT's rule; the three of sd-scripts'
 * `resize_lora.py` keep one value more than their criterion needs, as that script does.
 */
export type ResizeRule =
  | { readonly kind: 'rank' }
  /** The share of Σσ² to keep. */
  | { readonly kind: 'energy'; readonly share: number }
  /** The share of Σσ to keep. */
  | { readonly kind: 'sv_cumulative'; readonly share: number }
  /** The share of the Frobenius norm, √Σσ², to keep. */
  | { readonly kind: 'sv_fro'; readonly share: number }
  /** Values above the largest divided by this are kept. */
  | { readonly kind: 'sv_ratio'; readonly ratio: number };

/** At or below this the script takes a module for untrained. */
const SMALLEST_TRAINED = 1e-6;

/** What is known of a spectrum whose smallest values are not: Σσ² of all, and how many there are. */
export type Beyond = { readonly energy: number; readonly count: number };

/**
 * The rank for a module with this spectrum: from 1 to `most`, and no more than there are values. Where only the
 * largest are known, `all` tells of the others: with them Σσ² is exact, and Σσ is taken as large as it can be,
 * so that `sv_cumulative` keeps no less than its share.
 */
export function rankByRule(
  spectrum: Spectrum,
  rule: ResizeRule,
  most: number,
  all?: Beyond,
): number {
  checkRank(most);
  return Math.max(1, Math.min(most, spectrum.length, wantedRank(spectrum, rule, all)));
}

function wantedRank(spectrum: Spectrum, rule: ResizeRule, all: Beyond | undefined): number {
  switch (rule.kind) {
    case 'rank':
      return spectrum.length;
    case 'energy':
      return rankForEnergy(spectrum, rule.share, all?.energy);
    case 'sv_cumulative': {
      const sums = sharesOf(spectrum, all && largestSum(spectrum, all));
      return oneMore(spectrum, countUntil(sums, checkShare(rule.share)));
    }
    case 'sv_fro': {
      const squares = sharesOf(squaresOf(spectrum), all?.energy);
      return oneMore(spectrum, countUntil(squares, checkShare(rule.share) ** 2));
    }
    case 'sv_ratio': {
      if (!(rule.ratio > 0)) throw new RangeError(`A ratio is above 0, not ${rule.ratio}`);
      const least = spectrum[0] / rule.ratio;
      return oneMore(spectrum, spectrum.filter((value) => value > least).length);
    }
    default:
      return rule satisfies never;
  }
}

const squaresOf = (spectrum: Spectrum) => spectrum.map((value) => value * value);

/** Σσ at most: n values whose squares sum to e sum to √(n·e) when they are equal, and none is above the last. */
function largestSum(spectrum: Spectrum, { energy, count }: Beyond): number {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const others = Math.max(0, count - spectrum.length);
  const rest = Math.max(0, energy - sum(squaresOf(spectrum)));
  const least = spectrum[spectrum.length - 1] ?? 0;
  return sum(spectrum) + Math.min(Math.sqrt(others * rest), others * least);
}

/** The script takes `needed`, which is 1 at least, for an index, and makes it a count by adding 1. */
function oneMore(spectrum: Spectrum, needed: number): number {
  if (spectrum.length === 0 || spectrum[0] <= SMALLEST_TRAINED) return 1;
  return 1 + Math.max(1, needed);
}

function checkShare(share: number): number {
  if (share > 0 && share <= 1) return share;
  throw new RangeError(`A share is above 0 and at most 1, not ${share}`);
}
