import type { Role } from '../formats/beside.ts';
import type { Combine } from '../methods/combine.ts';
import type { Arithmetic, Dialect } from '../methods/dialect.ts';
import type { ParamValue } from '../methods/params.ts';
import type { InputDtype } from '../methods/precision.ts';

/** A model as a recipe names it: enough to recognise it again, never a handle. */
export type ModelRef = {
  /** Unique within the recipe. */
  readonly id: string;
  readonly name: string;
  /** `result`: the one of the step of this name (`Series`), which may have to be made yet. */
  readonly origin: 'demo' | 'local' | 'hub' | 'result';
  /** Bytes of all weight files; a reopened model must agree. */
  readonly bytes: number;
  /** What its weights are recognised by, when it came from this computer: `stores/fingerprint.ts`. */
  readonly fingerprint?: string;
  /** Where it lies, when its origin is the Hub. */
  readonly hub?: HubPin;
};

/** Weights on the Hub, pinned to a commit: the same bytes next year. */
export type HubPin = {
  /** `owner/name`. */
  readonly repo: string;
  /** Git commit, in hex. */
  readonly commit: string;
  /** Which of the repo's weights: the path of their first file. */
  readonly weights: string;
};

export type Expert = {
  readonly model: ModelRef;
  /** Per-model parameters by key (weight, density); absent keys take the method's default. */
  readonly values: Readonly<Record<string, ParamValue>>;
};

/** Which tensors a rule is about. */
export type Filter =
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'group'; readonly group: TensorGroup }
  | { readonly kind: 'name'; readonly name: string };

export const tensorGroups = ['embeddings', 'attention', 'mlp', 'norms', 'head', 'other'] as const;
export type TensorGroup = (typeof tensorGroups)[number];

/**
 * Overrides one numeric parameter on the tensors that match. Rules are read in order; the first that
 * matches tensor, parameter and model wins.
 */
export type Rule = {
  readonly id: string;
  /** `blocks`: those that lie in one of the slots of block weights that `value` has a number for. */
  readonly filter: Filter | { readonly kind: 'blocks' };
  readonly parameter: string;
  /** Expert's model id for a per-model parameter; null = every expert, or a global parameter. */
  readonly model: string | null;
  /**
   * A number, or anchors of a gradient over depth: first layer to last, linear in between. Of `blocks` one number
   * for each slot (`blocks.ts`), by which the parameter's own value is multiplied: once, as sd-scripts does.
   */
  readonly value: number | readonly number[];
};

/**
 * Takes tensors out of the merge: the output gets them as one model has them. Keeps are read in order; the
 * first that matches a tensor wins.
 */
export type Keep = {
  readonly id: string;
  /**
   * `misfit`: tensors that cannot be merged because their shape or dtype differs between models. `task
   * head`: all of the head that a model was given for its task, with tensors that only that model has.
   */
  readonly filter: Filter | { readonly kind: 'misfit' } | { readonly kind: 'task head' };
  /** Whose tensor it is; `refuse` merges what fits and stops the merge where something does not. */
  readonly from:
    | { readonly kind: 'base' }
    | { readonly kind: 'model'; readonly model: string }
    | { readonly kind: 'refuse' };
};

export const headOptions = ['as config', 'tied', 'untied'] as const;
export type HeadOption = (typeof headOptions)[number];

/**
 * Gives tensors of one expert the names that the base has for them. Renames are read in order; the first
 * whose `from` matches a name wins. `src/plan/names/pattern.ts` tells how both sides are read.
 */
export type Rename = {
  readonly id: string;
  /** Expert's model id. */
  readonly model: string;
  /** As the expert calls them: `bert.*`. */
  readonly from: string;
  /** As the base does: `*`. */
  readonly to: string;
};

/**
 * How each module of an adapter gets its rank. `share` is above 0 and at most 1; `most` is the largest rank.
 * `energy` keeps a share of Σσ² (PEFT's `convert_to_lora`). The others are those of sd-scripts'
 * `resize_lora.py`: a share of Σσ, a share of √Σσ², and the values above the largest divided by `ratio`.
 */
export type RankRule =
  | {
      readonly kind: 'rank';
      readonly rank: number;
      /** Of convolutions; null for the same. */
      readonly convolutions: number | null;
    }
  | {
      readonly kind: 'energy' | 'sv_cumulative' | 'sv_fro';
      readonly share: number;
      readonly most: number;
    }
  | { readonly kind: 'sv_ratio'; readonly ratio: number; readonly most: number };

export const rankKinds = ['rank', 'energy', 'sv_cumulative', 'sv_fro', 'sv_ratio'] as const;
export const adapterNamings = ['as the first adapter', 'peft', 'kohya', 'diffusers'] as const;
export type AdapterNaming = (typeof adapterNamings)[number];

export type OutputOptions = {
  /** Folder name, and the model card's title. */
  readonly name: string;
  readonly dtype: 'base' | 'F32' | 'F16' | 'BF16';
  /** Largest shard in bytes; null writes one file. */
  readonly shardBytes: number | null;
  /** What a merge of adapters becomes: the base with the merge in it, or an adapter again. */
  readonly as: 'model' | 'adapter';
  /** Of that adapter's modules; null for an exact one. */
  readonly rank: RankRule | null;
  /** Whose names its tensors and its file have. */
  readonly naming: AdapterNaming;
};

export const extractedParts = [
  'attention',
  'mlp',
  'other',
  'convolutions',
  'embeddings',
  'head',
] as const;

/**
 * What of whole models goes into an adapter. Weights of `parts` become updates of a rank: those of two axes by
 * their group, those of more are convolutions. Of all else that is merged `rest` says what is written whole
 * (PEFT's modules_to_save): nothing, what has one axis, as norms and biases have, or everything.
 */
export type Extraction = {
  readonly parts: readonly (typeof extractedParts)[number][];
  readonly rest: 'leave out' | 'write vectors' | 'write all';
};

export const profiles = ['corrected', 'peft 0.20', 'peft 0.21', 'sd-scripts'] as const;
/**
 * Whose numbers a merge of adapters gives: true updates, each scaled once (`corrected`); PEFT up to 0.20 or from
 * 0.21 on; or sd-scripts, its `merge_lora.py` and `svd_merge_lora.py`.
 */
export type Profile = (typeof profiles)[number];

/** How adapters become one adapter; where a model is written, `corrected` is all there is. */
export type AdapterOptions = {
  readonly profile: Profile;
  /** In the profile of a tool; `corrected` is always of updates. */
  readonly combine: Combine;
  /** PEFT's `svd_clamp`: the quantile that factors cut to a rank are clamped to; null for none. */
  readonly clamp: number | null;
};

/** Layers [from, to) of one model, counted from 0; as many as those of the others of its slice. */
export type SliceSource = {
  /** Id of an expert, or of the base. */
  readonly model: string;
  readonly from: number;
  readonly to: number;
  /** Per-model parameters there, over those of the expert. */
  readonly values: Readonly<Record<string, ParamValue>>;
};

/**
 * Consecutive layers of the output, merged from a range of layers of each source. One without layers says whose
 * tensors outside the layers are taken: before them those of the first slice's sources, behind them the last's.
 */
export type Slice = {
  readonly id: string;
  /** Each model once; the base among them where the method computes with one. */
  readonly sources: readonly SliceSource[];
  /** Null for the recipe's. A method of its own takes no values and rules from the recipe. */
  readonly method: string | null;
  /** Global parameters there, over the recipe's. */
  readonly values: Readonly<Record<string, ParamValue>>;
  /** Dialect choices there, over the recipe's; absent where it has none of its own. */
  readonly arithmetic?: Readonly<Partial<Arithmetic>>;
  /** Read before the recipe's, which do not count for a parameter that has a value here. Gradients run over the slice. */
  readonly rules: readonly Rule[];
};

/** Whose small files the output takes, by model id; what is absent comes from the base, or the first model. */
export type Donors = Readonly<Partial<Record<Role, string>>>;

/** Where the row of one token comes from, for models that do not have it. */
export type TokenRow = {
  readonly token: string;
  /** Zeros; a model's row of this token; or its row of another one, by its text or its id. */
  readonly from:
    | { readonly kind: 'zeros' }
    | { readonly kind: 'model'; readonly model: string }
    | { readonly kind: 'token'; readonly model: string; readonly token: string | number };
  /** For models that have it as well. */
  readonly force: boolean;
};

/**
 * The output has these tokens: those of all models, of the base (of the first model where there is none), or of one
 * model, and besides those of `rows`. Embeddings and heads of every model are rebuilt row by row to them.
 */
export type ByToken = {
  readonly tokens: 'union' | 'base' | { readonly model: string };
  readonly rows: readonly TokenRow[];
  /** Rows are added until their number is a multiple of it; null for none. */
  readonly padTo: number | null;
};

/** One recipe of a series. */
export type Step = {
  /** Whose result others name; null where none does. */
  readonly name: string | null;
  /** Is in no series of its own. */
  readonly recipe: Recipe;
};

/** Recipes of which one takes the results of others, in the order in which they are merged, around the one in place. */
export type Series = {
  /** Of the one in place. */
  readonly name: string | null;
  readonly before: readonly Step[];
  readonly after: readonly Step[];
};

/** The user's document. Plain JSON: kept in local storage, in a share link, and beside the output. */
export type Recipe = {
  readonly version: 2;
  readonly method: string;
  readonly dialect: Dialect;
  /** Dialect choices set by hand. */
  readonly arithmetic: Readonly<Partial<Arithmetic>>;
  readonly base: ModelRef | null;
  readonly experts: readonly Expert[];
  /** The output's layers, from the first to the last; null where they are those of the models, one by one. */
  readonly slices: readonly Slice[] | null;
  /** Global parameters by key; absent keys take the method's default. */
  readonly values: Readonly<Record<string, ParamValue>>;
  readonly rules: readonly Rule[];
  readonly keeps: readonly Keep[];
  readonly renames: readonly Rename[];
  /** When vocabularies differ: rows meet by their number and the base keeps its extra ones, or refuse; or by token. */
  readonly vocabulary: 'keep base rows' | 'refuse' | ByToken;
  /** When a model takes part in less than half of the elements. */
  readonly smallShare: 'refuse' | 'merge anyway';
  /** What the output's config.json says of head and embedding: one matrix, two, or what it says anyway. */
  readonly head: HeadOption;
  /** One trim threshold per tensor, or one per model over all its tensors. */
  readonly trimScope: 'tensor' | 'model';
  readonly donors: Donors;
  /** The output's chat template: that which most models have, or this text; null for the donor's. */
  readonly chatTemplate: 'most common' | { readonly text: string } | null;
  /** Inputs are rounded to it before the merge: `dtype` of a mergekit recipe. */
  readonly inputDtype: InputDtype;
  readonly extraction: Extraction;
  readonly adapters: AdapterOptions;
  readonly output: OutputOptions;
  /** Null for a recipe by itself. */
  readonly series: Series | null;
};
