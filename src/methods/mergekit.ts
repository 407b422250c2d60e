/** What a method is called, and takes, in a recipe of mergekit. Facts of its documentation and behaviour. */
import { type ArithmeticKey, type Dialect, lineage } from './dialect.ts';

/** One of mergekit's parameters, by its name there. */
export type MergekitParameter =
  /** The parameter of the same key here, of each model or of the merge; `null`: mergekit has no default, it must be given. */
  | {
      readonly is: 'value';
      readonly default: number | boolean | null;
      /** The oldest version that has it; absent where all do. */
      readonly since?: Dialect;
      /** The version up to which it was each model's own, and the first model's counted. */
      readonly ofEach?: Dialect;
    }
  /** True and false are two ways of one dialect choice. */
  | {
      readonly is: 'choice';
      readonly key: ArithmeticKey;
      readonly on: string;
      /** What is on in versions where that is something else. */
      readonly was?: Readonly<Partial<Record<Dialect, string>>>;
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
  /** The oldest version that has the method; absent where all do. */
  readonly since?: Dialect;
  readonly base: MergekitBase;
  readonly parameters: Readonly<Record<string, MergekitParameter>>;
};

/** Whether a version has what came with another: all do where nothing is said. */
export const isIn = (version: Dialect, since: Dialect | undefined): boolean =>
  since === undefined || lineage(since).includes(version);

/** Which choice of the dialect is on in a version. */
export function onIn(
  { on, was = {} }: Extract<MergekitParameter, { is: 'choice' }>,
  version: Dialect,
): string {
  return lineage(version).reduce((so, each) => was[each] ?? so, on);
}

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
  ...(key === 'rescale' ? { was: { 'mergekit 0.0.6': 'inverse' } } : {}),
  off: 'none',
  default: standard,
});

/** λ of a merge, which older releases did not read; of methods that drop by rank it was each model's there. */
const lambda: MergekitParameter = { is: 'value', default: 1, since: 'mergekit 0.1.4' };
const lambdaOfEach: MergekitParameter = { is: 'value', default: 1, ofEach: 'mergekit 0.0.6' };

/** The pieces that parameters of several methods are made of. */
export const mergekitParameters = { value, idle, divisor, rescale, lambda, lambdaOfEach } as const;
