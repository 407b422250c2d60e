/** What a merge keeps of each model on some elements, and how long the result is. */
import type { Worked } from './worked.ts';

export type Score = {
  /** Shares of the model's mass Σ|τ|; null where it changes nothing. Kept and discarded add up to 1. */
  readonly models: readonly {
    /** What goes into the result. */
    readonly kept: number | null;
    /** What survives trim or draw where another model pulls the other way. */
    readonly conflicting: number | null;
    /** What is trimmed, dropped or overruled. */
    readonly discarded: number | null;
  }[];
  /** Length of the merged change, and of the plain average of all changes. */
  readonly norm: number;
  readonly averageNorm: number;
};

export function scoreOf(
  changes: readonly (readonly number[])[],
  { contributions, fates, result }: Pick<Worked, 'contributions' | 'fates' | 'result'>,
): Score {
  const conflicts = changes[0].map((_, i) => {
    const signs = contributions.map((row) => Math.sign(row[i]));
    return signs.includes(1) && signs.includes(-1);
  });
  const average = changes[0].map(
    (_, i) => changes.reduce((sum, row) => sum + row[i], 0) / changes.length,
  );
  return {
    models: changes.map((row, k) => {
      const mass = (counts: (i: number) => boolean) =>
        row.reduce((sum, value, i) => sum + (counts(i) ? Math.abs(value) : 0), 0);
      const all = mass(() => true);
      const share = (part: number) => (all > 0 ? part / all : null);
      return {
        kept: share(mass((i) => fates[k][i] === 'counts')),
        conflicting: share(mass((i) => conflicts[i] && fates[k][i] !== 'dropped')),
        discarded: share(mass((i) => fates[k][i] !== 'counts')),
      };
    }),
    norm: Math.hypot(...result),
    averageNorm: Math.hypot(...average),
  };
}
