/** What the factors of adapters tell of them. Plain data as it travels to the page, of bounded size. */

/** What the factors of all adapters tell of them, before any weight of the merge. */
export type Survey = {
  readonly adapters: readonly SurveyedAdapter[];
  /**
   * The cosine of every two adapters, each taken as one long vector: a module that one of them leaves alone is 0
   * there. Null where one of them is 0 all over.
   */
  readonly cosines: readonly (readonly (number | null)[])[];
  /** How many weights both change. */
  readonly shared: readonly (readonly number[])[];
};

export type SurveyedAdapter = {
  readonly model: string;
  readonly name: string;
  /** Weights that it changes, and those of them whose spectrum is known. */
  readonly weights: number;
  readonly known: number;
  /** ‖ΔW‖_F over all that are known, and the largest singular value among them. */
  readonly norm: number;
  readonly largest: number;
};

/** Which part of a survey is to be seen; adapters by model id. Rows from `from` up to `to`. */
export type SurveyPart =
  | { readonly kind: 'spectra'; readonly model: string; readonly from: number; readonly to: number }
  | { readonly kind: 'pair'; readonly models: Pair; readonly from: number; readonly to: number }
  | { readonly kind: 'grid'; readonly models: Pair };
type Pair = readonly [string, string];

/** Singular values of one weight's update, its own scale in them. */
export type SpectrumRow = {
  /** The weight, as the base calls it. */
  readonly tensor: string;
  readonly rows: number;
  readonly columns: number;
  readonly type: string;
  /** Of the factors; null where they are not what it is stored as. */
  readonly rank: number | null;
  /** Null where they are not known, and why. */
  readonly found: SpectrumFacts | null;
  readonly why: string | null;
};
export type SpectrumFacts = {
  /** The largest first; of many every so manieth. */
  readonly values: readonly number[];
  readonly effectiveRank: number;
  /** Of the smallest adapter that keeps 99 % of the energy. */
  readonly rank99: number;
  readonly norm: number;
};

/** One weight that both change: the cosine of their updates, null where one of them is 0. */
export type PairRow = {
  readonly tensor: string;
  readonly cosine: number | null;
  readonly norms: readonly [number, number];
};

export type SurveyRows<Row> = {
  readonly from: number;
  /** Of all rows. */
  readonly count: number;
  readonly rows: readonly Row[];
};

/** Cosines of two adapters by depth and kind of module; null where they share nothing. */
export type CosineGrid = {
  /** Layers or blocks; neighbours together where they are many. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly (number | null)[])[];
};

/** What a part of a survey is answered with. */
export type PartOf<P extends SurveyPart> = P['kind'] extends 'spectra'
  ? SurveyRows<SpectrumRow>
  : P['kind'] extends 'pair'
    ? SurveyRows<PairRow>
    : CosineGrid;
