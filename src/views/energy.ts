import type { Ranks } from '../plan/types.ts';

/** The share of Σσ², the energy of a merge of adapters, that an adapter keeps; element k − 1 is of rank k. */
export type EnergyCurve = {
  /** Of all modules together. */
  readonly total: readonly number[];
  /** Of the module that loses most. */
  readonly lowest: readonly number[];
  readonly modules: number;
  /** Modules that this speaks of; of the others it is known once they are measured, or merged. */
  readonly known: number;
  /** The recipe's ranks, and what they keep of the modules that are known; null of a recipe for a model. */
  readonly chosen: {
    readonly ranks: Ranks;
    /** The share of all modules together. */
    readonly kept: number;
    /** Of the module that loses most. */
    readonly least: number;
    /** Of the adapter's weights. */
    readonly bytes: number;
  } | null;
};
