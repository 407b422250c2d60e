/**
 * Parameter kinds of a merge method. One constant object gives the types, the defaults, the form,
 * the range checks, the recipe parser, the docs table and the samples of the GPU tests.
 */

type Described = {
  readonly label: string;
  /** One plain sentence under the control. */
  readonly help: string;
  /** Where the default or the soft range comes from. */
  readonly source?: string;
  /** Whether the control shows, given the values beside it. */
  readonly visible?: (values: Readonly<Record<string, ParamValue>>) => boolean;
};

export type NumberParam = Described & {
  readonly kind: 'number';
  readonly default: number;
  /** Hard limits: outside them the recipe has an error. */
  readonly min: number;
  readonly max: number;
  /** Values outside `range` are remarked upon, with what becomes of them. */
  readonly usual?: { readonly range: readonly [number, number]; readonly beyond: string };
  /** Where sensible values lie; the slider spans this. */
  readonly soft?: readonly [number, number];
  readonly step: number;
  readonly integer?: true;
  /** What a value also means in the words of a paper or another tool: "trims 80 %". */
  readonly reading?: (value: number) => string;
};
export type ToggleParam = Described & { readonly kind: 'toggle'; readonly default: boolean };
export type ChoiceParam<C extends string = string> = Described & {
  readonly kind: 'choice';
  readonly default: C;
  readonly choices: readonly {
    readonly value: C;
    readonly label: string;
    readonly help?: string;
  }[];
};
export type SeedParam = Described & { readonly kind: 'seed'; readonly default: number };

export type Param = NumberParam | ToggleParam | ChoiceParam | SeedParam;
export type ParamValue = number | boolean | string;
export type ParamSchema = Readonly<Record<string, Param>>;

type ValueOf<P extends Param> = P extends { kind: 'toggle' }
  ? boolean
  : P extends { kind: 'choice'; choices: readonly { value: infer C }[] }
    ? C
    : number;

/** The values of a schema, inferred from it. */
export type Values<S extends ParamSchema> = { readonly [K in keyof S]: ValueOf<S[K]> };

export function defaultsOf<S extends ParamSchema>(schema: S): Values<S> {
  const pairs = Object.entries(schema).map(([key, param]) => [key, param.default]);
  return Object.fromEntries(pairs) as Values<S>;
}

/** Why a value does not fit, as a sentence; null when it does. */
export function misfit(param: Param, value: unknown): string | null {
  switch (param.kind) {
    case 'number':
    case 'seed': {
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        return `${param.label} must be a finite number, found ${String(value)}`;
      }
      if (param.kind === 'seed') {
        const fits = Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
        return fits
          ? null
          : `${param.label} must be a whole number from 0 to 4294967295, found ${value}`;
      }
      if (param.integer && !Number.isInteger(value)) {
        return `${param.label} must be a whole number, found ${value}`;
      }
      return value < param.min || value > param.max
        ? `${param.label} must be ${limitsText(param)}, found ${value}`
        : null;
    }
    case 'toggle':
      return typeof value === 'boolean'
        ? null
        : `${param.label} must be true or false, found ${String(value)}`;
    case 'choice':
      return param.choices.some((choice) => choice.value === value)
        ? null
        : `${param.label} must be one of ${param.choices.map((c) => c.value).join(', ')}, found ${String(value)}`;
    default:
      return param satisfies never;
  }
}

/** The limits of a number in words: "a number from 1 to 100", "a number from 0". */
export function limitsText({ min, max }: Pick<NumberParam, 'min' | 'max'>): string {
  if (max < LARGEST_F32) return `a number from ${min} to ${max}`;
  return min > -LARGEST_F32 ? `a number from ${min}` : 'a number that an f32 can hold';
}

/** Whether a value that fits lies where values rarely do; null, or what becomes of it. */
export function unusual(param: Param, value: unknown): string | null {
  if (param.kind !== 'number' || !param.usual || typeof value !== 'number') return null;
  const [low, high] = param.usual.range;
  return value < low || value > high ? param.usual.beyond : null;
}

/** The largest finite f32: coefficients beyond it would be infinite. */
export const LARGEST_F32 = 3.4028234663852886e38;
/** Limits of a number that may be anything an f32 holds. */
export const anyNumber = { min: -LARGEST_F32, max: LARGEST_F32 } as const;

/** What a density leaves: 1 − density, without float noise; nothing above 1. */
export const rest = (density: number): number => Number(Math.max(0, 1 - density).toFixed(4));

const asItIs = 'It is taken as it is, as in mergekit: check that it is meant.';

/** Parameters that several methods share, with the sources of their defaults. */
export const weight = {
  kind: 'number',
  label: 'weight',
  help: 'How strongly this model counts. A negative weight subtracts what it has learnt.',
  default: 1,
  ...anyNumber,
  usual: { range: [-100, 100], beyond: asItIs },
  soft: [-1, 2],
  step: 0.01,
} as const satisfies NumberParam;

export const density = {
  kind: 'number',
  label: 'density',
  help: 'Share of this model’s changes that is kept; the smaller ones are set to zero.',
  source: 'TIES paper: keep the top 20 %; mergekit examples use 0.5.',
  default: 0.2,
  min: 0,
  max: LARGEST_F32,
  usual: { range: [0, 1], beyond: 'Above 1 everything is kept, as at 1.' },
  soft: [0, 1],
  step: 0.01,
  reading: (kept) => `trims ${Number((100 * rest(kept)).toFixed(2))} %`,
} as const satisfies NumberParam;

export const lambda = {
  kind: 'number',
  label: 'λ',
  help: 'Scales the merged change before it is added to the base.',
  source: 'TIES authors: 1 with the mean, 0.4 for task arithmetic.',
  default: 1,
  ...anyNumber,
  usual: { range: [-10, 10], beyond: asItIs },
  soft: [0, 2],
  step: 0.01,
} as const satisfies NumberParam;

export const normalize = {
  kind: 'toggle',
  label: 'normalize',
  help: 'Divide by the sum of the weights: a mean instead of a sum.',
  default: false,
} as const satisfies ToggleParam;

/** What a blend along arcs turns. The key of this parameter is `of`: with task vectors a base is needed. */
export const turned = {
  kind: 'choice',
  label: 'turn',
  help: 'What is turned: the weights themselves, or what each model has learnt on top of the base.',
  default: 'weights',
  choices: [
    {
      value: 'weights',
      label: 'weights',
      help: 'the classic; nearly a straight line for fine-tunes',
    },
    { value: 'taskVectors', label: 'task vectors', help: 'needs a base; the angle is real' },
  ],
} as const satisfies ChoiceParam;
