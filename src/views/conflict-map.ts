/** A model as a picture of its conflicts: a cell for each layer and role. Plain data, of bounded size. */

/** The rates of one cell, tensor or model; shares in 0 … 1, null where there is nothing to divide by. */
export type Stats = {
  readonly cancellation: number | null;
  /** Of the shared elements. */
  readonly conflictRate: number | null;
  readonly disagreement: number | null;
  readonly overruled: number | null;
  /** Share of the elements that two models or more change. */
  readonly overlap: number | null;
  /** Length of all that is left of the task vectors, weighted. */
  readonly norm: number;
  readonly models: readonly {
    /** Share of the elements that are left. */
    readonly left: number | null;
    readonly norm: number;
    readonly overruled: number | null;
  }[];
  /** Standard errors by sampling; null where they cannot be told. */
  readonly errors: { readonly cancellation: number | null; readonly conflictRate: number | null };
};

/** `alone`: fewer than two models change it. `untouched`: none does. */
export type CellState = 'measured' | 'alone' | 'untouched';

export type Cell = {
  readonly row: number;
  readonly column: number;
  readonly state: CellState;
  readonly tensors: number;
  /** The first of them, for who wants to look closer. */
  readonly first: string;
  readonly stats: Stats;
};

export type ConflictMap = {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Names of the experts, in recipe order. */
  readonly models: readonly string[];
  readonly cells: readonly Cell[];
  readonly byRow: readonly Stats[];
  readonly byColumn: readonly Stats[];
  readonly whole: Stats;
  /** Cosine of what is left of two models' task vectors, model × model. */
  readonly cosines: readonly (number | null)[];
  /** Share of the elements that both change where their signs differ, model × model. */
  readonly opposite: readonly (number | null)[];
  /** Elements that are merged, and how many of them were looked at. */
  readonly elements: number;
  readonly sampled: number;
  /** Tensors that are merged, and how many of them were looked at. */
  readonly tensorsMerged: number;
  readonly tensorsSampled: number;
  /** Whether only a part of the sample was looked at, for the sake of speed. */
  readonly isCoarse: boolean;
};
