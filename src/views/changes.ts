/** What each model changed, before any trim or weight: task vectors in numbers. Plain data, of bounded size. */
import type { TensorPlace } from '../plan/groups.ts';
import { cosineOf, type Ledger } from './ledger.ts';
import { type Magnitudes, median, nonZero } from './magnitudes.ts';
import type { SampleErrors } from './pair-errors.ts';

/** One task vector over some tensors. */
export type ChangeStats = {
  /** Share of the elements that it changes at all; null where there are none. */
  readonly nonZero: number | null;
  /** Of |Δ| over all elements, zeros too. */
  readonly mean: number;
  readonly median: number;
  readonly most: number;
  /** ‖Δ‖₂, and that over ‖base‖₂; null where there is no base, or it is zero. */
  readonly norm: number;
  readonly overBase: number | null;
};

/** How task vectors lie to each other. */
export type Angles = {
  readonly norms: readonly number[];
  /** Expert × expert. */
  readonly cosines: readonly (number | null)[];
};

export type RoleAngles = Angles & {
  readonly name: string;
  /** By layer, as in `layers`; null where it has no tensor of this role. */
  readonly depth: readonly (Angles['cosines'] | null)[];
};

export type Changes = {
  /** Names of the experts, in recipe order. */
  readonly models: readonly string[];
  /** Elements that are merged, and how many of them were looked at. */
  readonly elements: number;
  readonly sampled: number;
  /** Tensors that are merged, and how many of them were looked at. */
  readonly tensorsMerged: number;
  readonly tensorsSampled: number;
  /** Of the lengths and the cosines of the whole. */
  readonly errors: SampleErrors;
  readonly whole: readonly ChangeStats[];
  readonly groups: readonly {
    readonly group: TensorPlace['group'];
    readonly tensors: number;
    readonly stats: readonly ChangeStats[];
  }[];
  readonly tensors: TensorChanges;
  readonly angles: {
    readonly whole: Angles;
    readonly layers: readonly (Angles & { readonly name: string })[];
    readonly roles: readonly RoleAngles[];
  };
  /** By expert. */
  readonly magnitudes: {
    readonly model: readonly Magnitudes[];
    /** Of the tensor that was asked for and of its layer. */
    readonly layer: { readonly name: string; readonly of: readonly Magnitudes[] } | null;
    readonly tensor: { readonly name: string; readonly of: readonly Magnitudes[] } | null;
  };
};

/** A line for each tensor that is merged, in the order they are written. */
export type TensorChanges = {
  readonly names: readonly string[];
  /** Tensor by tensor, expert by expert: the fields below. NaN for null. */
  readonly values: Float64Array;
};

const fields = ['nonZero', 'mean', 'median', 'most', 'norm', 'overBase'] as const;

export function packed(stats: readonly ChangeStats[]): readonly number[] {
  return stats.flatMap((each) => fields.map((field) => each[field] ?? Number.NaN));
}

export function statsAt({ values }: TensorChanges, models: number, tensor: number, expert: number) {
  const at = (tensor * models + expert) * fields.length;
  const [nonZero, mean, median, most, norm, overBase] = values.subarray(at, at + fields.length);
  const or = (value: number) => (Number.isNaN(value) ? null : value);
  return { nonZero: or(nonZero), mean, median, most, norm, overBase: or(overBase) } as ChangeStats;
}

export function changeStats(of: Magnitudes, baseSquares: number): ChangeStats {
  const { elements, mass, squares, most } = of;
  const norm = Math.sqrt(squares);
  return {
    nonZero: elements > 0 ? nonZero(of) / elements : null,
    mean: elements > 0 ? mass / elements : 0,
    median: median(of),
    most,
    norm,
    overBase: baseSquares > 0 ? norm / Math.sqrt(baseSquares) : null,
  };
}

export function anglesOf({ models, squares, products }: Ledger): Angles {
  const pairs = Array.from(products, (product, i) =>
    cosineOf(product, squares[Math.floor(i / models)], squares[i % models]),
  );
  return { norms: Array.from(squares, Math.sqrt), cosines: pairs };
}

/** A task vector longer than this share of its base is hardly one: of fine-tunes it is some hundredths. */
export const plainlyWrong = 0.5;

/** What a task vector says of the base that was named. */
export type Doubt = 'wrong base' | 'same as base';

export function doubtOf({ norm, overBase }: Pick<ChangeStats, 'norm' | 'overBase'>): Doubt | null {
  if (norm === 0) return 'same as base';
  return overBase !== null && overBase > plainlyWrong ? 'wrong base' : null;
}
