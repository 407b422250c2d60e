import type { LeftOut, Role } from '../formats/beside.ts';
import type { CodesFormula } from '../formats/model.ts';
import type { RowsFormula } from '../formats/rows.ts';
import type { UpdateFormula } from '../formats/update.ts';
import type { Balance } from '../lora/balance.ts';
import type { Arithmetic, ArithmeticKey, Dialect } from '../methods/dialect.ts';
import type { ParamValue } from '../methods/params.ts';
import type { Precision } from '../methods/precision.ts';
import type { Dtype, FloatDtype } from '../numerics/dtype.ts';
import type {
  AdapterNaming,
  AdapterOptions,
  ByToken,
  Extraction,
  HeadOption,
  Keep,
  Rename,
} from '../recipe/recipe.ts';

/** Something a person should know or fix. */
export type Finding = {
  readonly severity: 'error' | 'warning' | 'note';
  /** Stable kebab-case name of the kind of finding: 'missing-tensor', 'shape-mismatch'. */
  readonly code: string;
  /** What was found, with names and numbers: file, tensor, found, expected. One or two sentences. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  readonly place: {
    readonly model?: string;
    readonly tensor?: string;
    readonly parameter?: string;
    /** Counted from 0. */
    readonly slice?: number;
  };
  /** All tensors concerned, when they are many. */
  readonly tensors?: readonly string[];
  /** Changes of recipe that settle it, each offered as a button; the likeliest first. */
  readonly fixes?: readonly Fix[];
  /** How many there are besides, where a page was told only the first. */
  readonly moreTensors?: number;
};

export type Fix =
  | { readonly kind: 'set-vocabulary'; readonly label: string; readonly value: 'keep base rows' }
  /** Merges by token, from now on with these. */
  | { readonly kind: 'set-tokens'; readonly label: string; readonly value: ByToken['tokens'] }
  | { readonly kind: 'set-small-share'; readonly label: string; readonly value: 'merge anyway' }
  | { readonly kind: 'set-head'; readonly label: string; readonly value: HeadOption }
  | { readonly kind: 'set-output-dtype'; readonly label: string; readonly value: 'base' }
  | {
      readonly kind: 'set-output-as';
      readonly label: string;
      readonly value: 'model' | 'adapter';
    }
  | {
      readonly kind: 'set-output-naming';
      readonly label: string;
      readonly value: AdapterNaming;
    }
  | {
      readonly kind: 'set-adapters';
      readonly label: string;
      readonly value: Partial<AdapterOptions>;
    }
  /** Shows this repo of the Hub. */
  | { readonly kind: 'find-on-hub'; readonly label: string; readonly repo: string }
  | { readonly kind: 'set-input-dtype'; readonly label: string; readonly value: 'stored' }
  | { readonly kind: 'set-method'; readonly label: string; readonly value: string }
  | {
      readonly kind: 'set-value';
      readonly label: string;
      readonly key: string;
      readonly value: ParamValue;
    }
  | {
      readonly kind: 'set-arithmetic';
      readonly label: string;
      readonly key: ArithmeticKey;
      readonly value: Arithmetic[ArithmeticKey];
    }
  | { readonly kind: 'remove-expert'; readonly label: string; readonly model: string }
  | { readonly kind: 'keep'; readonly label: string; readonly keep: Omit<Keep, 'id'> }
  | {
      readonly kind: 'set-extraction';
      readonly label: string;
      readonly value: Partial<Extraction>;
    }
  | { readonly kind: 'remove-keep'; readonly label: string; readonly keep: string }
  | {
      readonly kind: 'rename';
      readonly label: string;
      readonly renames: readonly Omit<Rename, 'id'>[];
    }
  | { readonly kind: 'remove-rename'; readonly label: string; readonly rename: string }
  | { readonly kind: 'set-slices'; readonly label: string; readonly value: null }
  | { readonly kind: 'remove-rule'; readonly label: string; readonly rule: string }
  | {
      readonly kind: 'set-donor';
      readonly label: string;
      readonly role: Role;
      /** Null takes the files of the base again. */
      readonly model: string | null;
    };

/** A byte range of a weight file. */
export type Span = {
  readonly model: string;
  readonly file: number;
  readonly begin: number;
  readonly end: number;
};

/** Where the values of one model for a tensor come from. */
export type PlaneRef = StoredPlane | ComputedPlane;

/** Values that lie in a file as they are. */
export type StoredPlane = Span & {
  readonly dtype: FloatDtype;
  /** Set where a plane is put together from several ranges: `begin` and `end` count bytes of their row. */
  readonly pieces?: readonly Span[];
};

/** Elements [from, to) of a tensor whose values are computed from others, and rounded once to `dtype`. */
export type ComputedPlane = {
  readonly dtype: FloatDtype;
  readonly from: number;
  readonly to: number;
  readonly formula: CodesFormula | UpdateFormula | RowsFormula;
  /** All of each stored tensor that the formula takes, in its order. */
  readonly inputs: readonly Span[];
};

/** A consecutive run of the output tensor's elements. */
export type Part =
  | { readonly kind: 'copy'; readonly span: Span }
  /** Base rows nobody else has, or a tensor only the base has, in another dtype or rounded to one. */
  | {
      readonly kind: 'cast';
      readonly plane: PlaneRef;
      readonly precision: Precision;
      readonly elementCount: number;
    }
  | MergePart
  | FactorPart
  /** One number that the plan knows: alpha. */
  | { readonly kind: 'number'; readonly value: number; readonly elementCount: number };

export type MergePart = {
  readonly kind: 'merge';
  /** Models in recipe order. */
  readonly planes: readonly PlaneRef[];
  readonly base: PlaneRef | null;
  /** Positions of the planes among the recipe's experts. */
  readonly ordinals: readonly number[];
  readonly elementCount: number;
  readonly precision: Precision;
  readonly global: Readonly<Record<string, ParamValue>>;
  readonly perModel: readonly Readonly<Record<string, ParamValue>>[];
  /** Where a slice has a method or choices of its own: how it is merged, in the place of what the plan says. */
  readonly craft?: { readonly method: string; readonly arithmetic: Arithmetic };
};

/**
 * One factor of a low-rank update that stands for a merge of updates: of left · right, where left has the rows
 * of the weight and right its columns.
 */
export type FactorPart = {
  readonly kind: 'factor';
  /** The weight's name, whose noise is taken: both factors are of one merge. */
  readonly of: string;
  readonly side: 'left' | 'right';
  /** Whether the output has it column by column. */
  readonly transposed: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly rank: number;
  /**
   * How: ranks side by side, which is exact; by the SVD of the factors, which loses only what the rank leaves
   * out; or from the merged matrix, by a randomised SVD.
   */
  readonly how: 'concatenated' | 'decomposed' | 'from the matrix';
  readonly balance: Balance;
  /** The quantile that both factors are clamped to once they are cut; null for none. */
  readonly clamp: number | null;
  /** What each plane is multiplied by where the merge is a weighted sum; null `from the matrix`. */
  readonly weights: readonly number[] | null;
  /** The merge that it stands for: of updates alone, or of whole weights. */
  readonly merge: MergePart;
  /** The weight of the base that whole weights are taken from; null of a merge of updates. */
  readonly minus: PlaneRef | null;
  readonly elementCount: number;
};

/** What is known of the singular values of one module's merge: all but zeros at the end, or the largest. */
export type MeasuredSpectrum = {
  /** Descending. */
  readonly values: Float64Array;
  /** Σσ² of all values. */
  readonly energy: number;
  /** How many values there are, with those that are not known. */
  readonly count: number;
};

/** By the weight's name. */
export type Spectra = ReadonlyMap<string, MeasuredSpectrum>;

/** Ranks of an adapter's modules. */
export type Ranks = {
  readonly modules: number;
  readonly least: number;
  readonly middle: number;
  readonly most: number;
  /** Modules that are convolutions. */
  readonly convolutions: number;
  /** False while a rule goes by singular values that nobody has measured: then these are its largest ranks. */
  readonly areKnown: boolean;
};

/** The tensor that another one may be under a second name: the embedding of a tied head. */
export type Twin = {
  /** Its name; its noise is taken. */
  readonly of: string;
  /**
   * Set where the two are merged in different ways: how the twin is merged, and what has to be equal, byte
   * for byte, for this one to be merged like it.
   */
  readonly likewise: {
    readonly parts: readonly Part[];
    readonly pairs: readonly (readonly [Span, Span])[];
  } | null;
};

/** Everything needed to produce one output tensor. */
export type Job = {
  /** By the name that rules and other models know it by. */
  readonly tensor: string;
  /** Its name in the file, where that is another one: see `head-names.ts`. */
  readonly storedAs?: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Index into `Plan.files`. */
  readonly file: number;
  /** Bytes in the output. */
  readonly byteLength: number;
  readonly parts: readonly Part[];
  readonly twin?: Twin;
  /** The tensor this one would equal if nothing changed; null when dtypes differ. */
  readonly original: Span | ComputedPlane | null;
};

export type OutputFile = {
  /** Its path in the output folder. */
  readonly name: string;
  /** Which component's weights it holds; tensors have its name in front, but not in the file. */
  readonly component: string;
  /** Complete: 8 length bytes and the padded JSON. */
  readonly header: Uint8Array<ArrayBuffer>;
  readonly byteLength: number;
};

/** A small file beside the weights. */
export type SideFile =
  | { readonly name: string; readonly text: string }
  | {
      readonly name: string;
      readonly copy: { readonly model: string; readonly companion: string };
    };

/** How much is merged, in elements: one matrix is worth a thousand norms. */
export type Share = {
  /** Of the output. */
  readonly total: number;
  /** Of the output, computed from the reference and at least one other model. */
  readonly merged: number;
  /** Of the output, taken from one model. */
  readonly copied: number;
  /** Of the experts' floats, that go nowhere. */
  readonly leftOut: number;
  /** Of all floats of the experts. */
  readonly given: number;
};

/** One update of an adapter, and the tensor of the base that it meets. */
export type MatchRow = {
  /** As the adapter calls it. */
  readonly module: string;
  /** The base's tensor; null where none is met. */
  readonly tensor: string | null;
  /** "LoRA", "LoHa", "DoRA", or "saved" for a tensor that replaces the base's. */
  readonly type: string;
  readonly rank: number | null;
  readonly alpha: number | null;
  /** By which the product of the factors is multiplied before the weight of the merge. */
  readonly scale: number | null;
  /** Of the stored factors. */
  readonly dtype: string;
  /** Why no tensor is met. */
  readonly why: string | null;
};

/** How an adapter meets the base; `match-table.ts` makes it. */
export type AdapterMatch = {
  readonly model: string;
  readonly name: string;
  readonly dialect: string;
  /** What it says it was trained on. */
  readonly base: string | null;
  readonly matched: number;
  readonly unmatched: number;
};

/** Pure result of recipe × headers: all that the engine needs, and nothing left to decide. */
export type Plan = {
  readonly method: string;
  readonly dialect: Dialect;
  readonly arithmetic: Arithmetic;
  /** What the models are called, by id. */
  readonly names: Readonly<Record<string, string>>;
  readonly files: readonly OutputFile[];
  /** In the order they are written: by file, then by offset. */
  readonly jobs: readonly Job[];
  readonly sideFiles: readonly SideFile[];
  /** For `trimScope: 'model'`: how many elements each expert keeps over all merged tensors. */
  readonly wholeModelCounts: readonly number[] | null;
  /** What of the models' folders is not copied. */
  readonly leftOut: readonly LeftOut[];
  readonly share: Share;
  /** How the adapters among the experts meet the base. */
  readonly adapters: readonly AdapterMatch[];
  /** Of the adapter that is written; null of a model. */
  readonly ranks: Ranks | null;
  readonly bytesToRead: number;
  readonly bytesToWrite: number;
  readonly findings: readonly Finding[];
};
