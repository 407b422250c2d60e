import { type Coefficients, type Given, type Layout, pack } from './coefficients.ts';
import type { Combine } from './combine.ts';
import { type Arithmetic, type ArithmeticKey, type Dialect, inDialect } from './dialect.ts';
import type { Family } from './families.ts';
import type { Guides, Lines, OfRank } from './lines.ts';
import type { ParamSchema, ParamValue, Values } from './params.ts';
import type { Workspace } from './workspace.ts';

export type Link = { readonly label: string; readonly url: string };

/** Which elements of a task vector count. */
export type Keep =
  | { readonly kind: 'all' }
  /** |τ| above `magnitude`, or equal to it at an element index ≤ `lastIndex`. */
  | { readonly kind: 'largest'; readonly magnitude: number; readonly lastIndex: number }
  /** Kept by DARE's noise: see `dareScale`. */
  | {
      readonly kind: 'drawn';
      readonly density: number;
      readonly seed: number;
      readonly draws: number;
    };

/** A whole-tensor number a method needs before its map. */
export type Measure = ChangeMeasure | DerivedMeasure;

/** Of weights or task vectors. τ is one f32 subtraction, model − base. */
export type ChangeMeasure =
  /** → [Σ aᵢ·bᵢ] over weights or task vectors of two models. */
  | {
      readonly kind: 'dot';
      readonly of: 'weights' | 'taskVectors';
      readonly a: number;
      readonly b: number;
    }
  /** → of each vector in turn Σ aᵢ·bᵢ over it. */
  | {
      readonly kind: 'lineDots';
      readonly of: 'weights' | 'taskVectors';
      readonly a: number;
      readonly b: number;
      readonly lines: Lines;
    }
  /** → [Σ |τ|, Σ |τ| of what the noise keeps], each element with the chance of its rank: see `rankInto`. */
  | {
      readonly kind: 'rankMass';
      readonly model: number;
      readonly lines: Lines;
      readonly chance: OfRank;
      readonly seed: number;
    }
  /**
   * → of each vector in turn what `of` makes of it: of all models, and the base, there. A function of them alone; `round`
   * rounds one step as the dialect does.
   */
  | {
      readonly kind: 'eachLine';
      readonly lines: Lines;
      of(x: readonly Float32Array[], base: Float32Array, round: Round): number;
    }
  /**
   * → what `of` makes of all task vectors, each in full and at once: what no sum over elements tells. As many numbers as it
   * likes; it has to be a function of them alone.
   */
  | { readonly kind: 'whole'; of(changes: readonly Float32Array[]): ArrayLike<number> }
  /** → [magnitude, lastIndex] such that `Keep largest` keeps exactly `count` elements of model's τ. */
  | { readonly kind: 'magnitude'; readonly model: number; readonly count: number }
  /** → [Σ |τ|] over what is kept. */
  | { readonly kind: 'mass'; readonly model: number; readonly keep: Keep };

/** Of a number that the method itself makes of each element of all models. */
export type DerivedMeasure =
  /** → [Σ v] of the number of this name; `model` is told to it. */
  | { readonly kind: 'sum'; readonly of: string; readonly model: number }
  /** → [v, lastIndex] such that the `count` largest |v| are those above it, and those equal to it up to that index. */
  | {
      readonly kind: 'rank';
      readonly of: string;
      readonly model: number;
      readonly count: number;
    };

/** What is measured by vector, or of task vectors held whole: on the CPU whatever the backend. */
export type LineMeasure = Extract<Measure, { readonly kind: 'lineDots' | 'rankMass' | 'eachLine' }>;
/** What each backend measures in its own way. */
export type TensorMeasure = Exclude<Measure, LineMeasure | { readonly kind: 'whole' }>;

/** Rounds one step of the arithmetic: to f32, or to the working dtype of the mergekit dialect. */
export type Round = (value: number) => number;

/** Everything a method is told about one tensor. */
export type Call<G extends ParamSchema = ParamSchema, M extends ParamSchema = ParamSchema> = {
  readonly global: Values<G>;
  /** One per model, in recipe order; models without this tensor are left out. */
  readonly perModel: readonly Values<M>[];
  readonly arithmetic: Arithmetic;
  readonly hasBase: boolean;
  /** Elements of the tensor that are merged, and the shape they have; a sample of them counts as one row. */
  readonly elementCount: number;
  readonly shape: readonly number[];
  /** Rounds a whole-tensor sum, and the ratio of two: see `roundSumTo`. */
  readonly roundSum: Round;
};

/**
 * A number of each element that measures add up, or look for ranks in, made of all models: f32, step by step, and 0 where
 * everything is 0. It is told the coefficients as they are known when it is asked for.
 */
export type Derive<L extends Layout> = {
  derive(
    k: number,
    x: readonly Float32Array[],
    base: Float32Array,
    c: Coefficients<L>,
    at: At,
    out: Float32Array,
  ): void;
}['derive'];

/** Whose derived numbers a measure is about, and what they are told: coefficients and guides of the answers so far. */
export type Deriving = {
  readonly methodId: string;
  readonly coefficients: readonly number[];
  readonly guides?: Guides | null;
};

/** Where the block lies, for formulas that depend on it. */
export type At = {
  /** Index of the block's first element in the tensor. */
  readonly start: number;
  /** FNV-1a of the tensor's name. */
  readonly tensorKey: number;
  /** For each plane its position among the recipe's experts: the noise is keyed by it. */
  readonly ordinals: readonly number[];
  /** Of the block's elements what the method's `guides` say. */
  readonly guides: readonly Float32Array[];
  readonly round: Round;
  readonly space: Workspace;
};

/**
 * What a step shows: the changes as they come; what the draws keep, before it is scaled; what trim or draw leaves; the
 * election; the angle between two models; the merged change before λ; and after it.
 */
export type StepKind = 'changes' | 'drawn' | 'left' | 'vote' | 'arc' | 'merged' | 'result';
export type Step = { readonly shows: StepKind; readonly name: string };

/** One page of a lesson: some numbers, what is done to them, and what there is to see. */
export type Chapter = {
  readonly title: string;
  readonly text: string;
  /** One row a model; absent for elements of the reader's own models, or the example where there are none. */
  readonly changes?: readonly (readonly number[])[];
  /** Parameters that are not at their defaults; the arithmetic is the paper's. */
  readonly global?: Readonly<Record<string, ParamValue>>;
  readonly perModel?: Readonly<Record<string, ParamValue>>;
  /** What is tried another way. */
  readonly tried?: Partial<Arithmetic>;
  /** The step and, from 0, the element that it is about. */
  readonly shows: StepKind;
  readonly element?: number;
};

/**
 * A merge method: measure → coefficients → map (see ARCHITECTURE.md).
 * The same formula over four elements is `shaders/methods/<id>.wgsl`: `fn merge(i: u32) -> vec4f`.
 */
export type MergeMethod<
  G extends ParamSchema = ParamSchema,
  M extends ParamSchema = ParamSchema,
  L extends Layout = Layout,
> = {
  /** Folder name with `_` for `-`; part of recipe files, never changes. */
  readonly id: string;
  /** Place in the picker, within its family. */
  readonly order: number;
  readonly family: Family;
  readonly title: string;
  /** One plain sentence for the picker. */
  readonly summary: string;
  /** A paragraph for the centre view: what it does to the numbers, in plain words. */
  readonly explanation: string;
  /** What studies say about it, with the source. */
  readonly evidence: string;
  readonly papers: readonly Link[];
  readonly arity: {
    readonly base: 'required' | 'optional' | 'none';
    readonly models: readonly [min: number, max: number];
  };
  readonly params: { readonly global: G; readonly perModel: M };
  /** Which dialect choices make a difference here; the form shows these. */
  readonly choices: readonly ArithmeticKey[];
  /** Dialect choices this method makes differently from the table. */
  readonly exceptions?: Partial<Record<Dialect, Partial<Arithmetic>>>;
  /** Parameter defaults of a dialect that differ from the schema's. */
  readonly dialectDefaults?: Partial<
    Record<
      Dialect,
      { readonly global?: Partial<Values<G>>; readonly perModel?: Partial<Values<M>> }
    >
  >;
  /** Label of the fix that offers this method where the chosen one cannot take the models as they are. */
  readonly offeredInstead?: string;
  /** What leaves elements out of a task vector: a trim, which keeps ranks of magnitude, or a random draw. */
  readonly sparsifies?: 'trim' | 'draw';
  /** Whether the draw keeps large changes more often than small ones. */
  readonly drawsByRank?: true;
  /** Whether the trim may hold one threshold a model over all its tensors: its magnitude measures then ask for `density`. */
  readonly trimsWholeModel?: true;
  /** Whether the models elect a sign at every position. */
  readonly elects?: true;
  /**
   * The combination types of PEFT that this is, in the dialect peft and at its defaults there, by what it is done
   * to; absent where PEFT has no such merge. Weights are those of the parameter `weight`, which the result is
   * linear in.
   */
  readonly peft?: Readonly<Partial<Record<Combine, string>>>;
  /**
   * Operations, about, of the decompositions that one tensor of a shape takes, for so many models; 0 where none is decomposed. A
   * method that has it runs on the CPU, its cost is told before, and no sample tells what it makes of a tensor.
   */
  decomposes?(shape: readonly number[], models: number): number;
  /** Whole-tensor numbers to measure. Asked again with the answers so far until it returns []. */
  measures?(call: Call<G, M>, soFar: readonly (readonly number[])[]): readonly Measure[];
  /**
   * What `sum` and `rank` measures are of, by name. The same over four elements is a function of that name in the
   * method's WGSL: `fn <name>(k: u32, i: u32) -> vec4f`.
   */
  readonly derives?: Readonly<Record<string, Derive<NoInfer<L>>>>;
  /**
   * Where the merge is base + Σ cₖ·τₖ under these parameters, whatever the values: the cₖ; null where it is
   * not, absent where it never is. Adapters are then merged by their factors.
   */
  weightedSum?(call: Call<G, M>): readonly number[] | null;
  /** Whether a single model goes through as it is under these parameters; its bytes are then copied. Absent where never. */
  copies?(model: Values<M>): boolean;
  /** The names of what the formula receives, in both languages: `coeff_weight(k)` in WGSL is `c.weight[k]` here. */
  readonly receives: L;
  /**
   * What the formula receives, shared by both backends; each is rounded to f32. A method that derives numbers is asked
   * before all is measured, too; so are its guides.
   */
  coefficients(call: Call<G, M>, measured: readonly (readonly number[])[]): Given<L>;
  /** Numbers of each element that the formula reads besides; absent where coefficients are enough. */
  readonly guides?: {
    /** How many planes these parameters need: none, or as many as `of` gives. */
    count(call: Call<G, M>): number;
    of(call: Call<G, M>, measured: readonly (readonly number[])[]): Guides;
  };
  /**
   * The definition, f32 step by step; also the CPU backend. `x[k][i]` is element i of model k,
   * `base` is empty when there is none, `out` receives `out.length` elements.
   */
  merge(
    x: readonly Float32Array[],
    base: Float32Array,
    c: Coefficients<NoInfer<L>>,
    at: At,
    out: Float32Array,
  ): void;
  /**
   * What is left of each model's task vector after trim or draw, before weights; absent where all of it is. The arrays
   * hold until the workspace is cleared. For pictures: the kernels do the same steps.
   */
  left?(
    x: readonly Float32Array[],
    base: Float32Array,
    c: Coefficients<NoInfer<L>>,
    at: At,
  ): readonly Float32Array[];
  /** How a picture of the method goes, where the usual steps and made-up numbers do not show what it does. */
  readonly figure?: {
    readonly steps?: readonly Step[];
    /** One row a model: changes that give every step something to do. */
    readonly changes?: readonly (readonly number[])[];
    /** Tells the method on examples, page by page. */
    readonly lesson?: readonly Chapter[];
  };
  /** A word of truth about one tensor after its coefficients are known: "LERP here: angle 0.4°". */
  remark?(call: Call<G, M>, measured: readonly (readonly number[])[]): string | null;
};

export function defineMethod<
  const G extends ParamSchema,
  const M extends ParamSchema,
  const L extends Layout,
>(method: MergeMethod<G, M, L>): MergeMethod<G, M, L> {
  return method;
}

/** The defaults that a dialect has where they are not the schema's. */
export function defaultsIn({ dialectDefaults = {} }: MergeMethod, dialect: Dialect) {
  const said = Object.entries(dialectDefaults);
  const at = (level: 'global' | 'perModel'): Readonly<Record<string, ParamValue>> =>
    inDialect(Object.fromEntries(said.map(([of, values]) => [of, values[level] ?? {}])), dialect);
  return { global: at('global'), perModel: at('perModel') };
}

/** What the formula receives for one tensor, as the flat list that kernels take. */
export function coefficientList(
  method: MergeMethod,
  call: Call,
  measured: readonly (readonly number[])[],
): readonly number[] {
  return pack(method, method.coefficients(call, measured), call.perModel.length);
}

/** What the formula reads of each element besides; null where these parameters need nothing. */
export function guidesOf(
  { guides }: MergeMethod,
  call: Call,
  measured: readonly (readonly number[])[],
): Guides | null {
  return guides && guides.count(call) > 0 ? guides.of(call, measured) : null;
}

/** What the derived numbers that are asked for are told, with the answers so far; nothing where none is. */
export function derivingOf(
  method: MergeMethod,
  call: Call,
  asked: readonly Measure[],
  soFar: readonly (readonly number[])[],
): Deriving | undefined {
  if (!asked.some(({ kind }) => kind === 'sum' || kind === 'rank')) return undefined;
  return {
    methodId: method.id,
    coefficients: coefficientList(method, call, soFar),
    guides: guidesOf(method, call, soFar),
  };
}
