/** How much of each task vector is left in what a merge makes. Plain data, of bounded size. */
import { cosineOf, type Ledger } from './ledger.ts';

/** Over some tensors: none of it says whether the merge is any good. */
export type Survived = {
  /** By expert: cosine of the merged change with its own; null where either has no direction. */
  readonly cosines: readonly (number | null)[];
  /** ‖merged change‖, and that over the length of the plain average of all changes. */
  readonly norm: number;
  readonly overAverage: number | null;
};

export type Survival = {
  readonly models: readonly string[];
  readonly elements: number;
  readonly sampled: number;
  readonly whole: Survived;
  readonly groups: readonly (Survived & { readonly name: string })[];
  readonly layers: readonly (Survived & { readonly name: string })[];
};

/** The vectors of a ledger that holds all experts' changes, then the merged one, then their average. */
export function survivedOf({ models, squares, products }: Ledger): Survived {
  const experts = models - 2;
  const [merged, average] = [squares[experts], squares[experts + 1]];
  return {
    cosines: Array.from({ length: experts }, (_, k) =>
      cosineOf(products[experts * models + k], merged, squares[k]),
    ),
    norm: Math.sqrt(merged),
    overAverage: average > 0 ? Math.sqrt(merged / average) : null,
  };
}
