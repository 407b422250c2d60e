/** What a method is called, and takes, in a recipe of mergekit 0.1.5. Facts of its documentation and behaviour. */
import type { ArithmeticKey } from './dialect.ts';

/** One of mergekit's parameters, by its name there. */
export type MergekitParameter =
  /** The parameter of the same key here, of each model or of the merge; `null`: mergekit has no default, it must be given. */
  | { readonly is: 'value'; readonly default: number | boolean | null }
  /** True and false are two ways of one dialect choice. */
  | {
      readonly is: 'choice';
      readonly key: ArithmeticKey;
      readonly on: string;
      readonly off: string;
      readonly default: boolean;
    }
  /** Changes no number, whatever it is. */
  | { readonly is: 'idle' };

/**
 * What `base_model` is to the method: what changes are taken from (`base`); the first of the two models (`first`);
 * what turns the blend into one of task vectors, where it is given (`turns`); one more input (`among`); or one of the
 * listed models, whose small files the output takes (`listed`).
 */
export type MergekitBase = 'base' | 'first' | 'turns' | 'among' | 'listed';

/** The id is mergekit's own name. */
export type InMergekit = {
  readonly base: MergekitBase;
  readonly parameters: Readonly<Record<string, MergekitParameter>>;
};

const value = (standard: number | boolean | null): MergekitParameter => ({
  is: 'value',
  default: standard,
});

const idle: MergekitParameter = { is: 'idle' };

/** How an elected or summed change is divided, where that is a choice of the dialect. */
const divisor = (standard: boolean): MergekitParameter => ({
  is: 'choice',
  key: 'divisor',
  on: 'weights',
  off: 'none',
  default: standard,
});

const rescale = (key: 'rescale' | 'trimRescale', standard: boolean): MergekitParameter => ({
  is: 'choice',
  key,
  on: 'l1',
  off: 'none',
  default: standard,
});

/** The pieces that parameters of several methods are made of. */
export const mergekitParameters = { value, idle, divisor, rescale } as const;
