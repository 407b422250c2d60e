import type { Patch } from '../../views/close.ts';

/** What the models want of one element, after trim and weight. */
export type Pulls = {
  /** By model. */
  readonly wants: readonly number[];
  /** The sum of the positive ones, and of the negative ones' magnitudes. */
  readonly plus: number;
  readonly minus: number;
  /** The share of both that a sum cancels; null where nobody wants anything. */
  readonly cancels: number | null;
};

export function pullsOf({ values }: Pick<Patch, 'values'>, i: number): Pulls {
  let plus = 0;
  let minus = 0;
  const wants = values.map(({ left, weight }) => {
    const value = left[i] * weight;
    if (!Number.isFinite(value)) return 0;
    if (value > 0) plus += value;
    else minus -= value;
    return value;
  });
  const mass = plus + minus;
  return { wants, plus, minus, cancels: mass > 0 ? (2 * Math.min(plus, minus)) / mass : null };
}
