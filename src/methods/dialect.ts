/**
 * Whose arithmetic? The same method name means different numbers in different tools; this is the one
 * table of what each dialect means. `docs/dialects.md` prints the same table and a test compares.
 */

export const dialects = ['paper', 'peft', 'mergekit'] as const;
/** A dialect as its tool is now. */
export type Current = (typeof dialects)[number];
/** A dialect of its own for older releases of a tool that come to other numbers: named after the last of them. */
export type Version = 'mergekit 0.1.4' | 'mergekit 0.0.6';
export type Dialect = Current | Version;

/** The choices a task-vector method leaves open. */
export type Arithmetic = {
  /** What rounds to the dtype of the tensors: nothing (all is f32), every step, or the result alone. */
  readonly work: 'f32' | 'tensor' | 'result';
  /** Whether the sign election sees task vectors multiplied by their weights. */
  readonly electOn: 'weighted' | 'unweighted';
  /** Election by sum of values ("total", mass), by sum of signs ("frequency", count), or only where all want one sign. */
  readonly election: 'total' | 'frequency' | 'unanimous';
  /** What a vote of exactly zero elects: nobody, or plus. */
  readonly zeroVote: 'drop' | 'plus';
  /** What the agreeing sum is divided by. */
  readonly divisor: 'weights' | 'count' | 'none';
  /** What happens when trunc(density · n) is 0 although density > 0. */
  readonly smallTrim: 'keep one' | 'keep none' | 'refuse';
  /** How values kept by DARE are scaled. */
  readonly rescale: 'inverse' | 'l1' | 'none';
  /** How values kept by a magnitude trim are scaled. */
  readonly trimRescale: 'l1' | 'none';
  /** What a band of magnitudes keeps whose share of outliers is less than one element. */
  readonly noOutliers: 'band' | 'nothing';
  /** SLERP where one of the two is zero and has no direction: blend linearly, or as at a right angle. */
  readonly zeroNorm: 'lerp' | 'right angle';
};

export type ArithmeticKey = keyof Arithmetic;

/** One row a choice, one column a dialect. */
export const arithmeticOf: Readonly<Record<Current, Arithmetic>> = {
  paper: {
    work: 'f32',
    electOn: 'weighted',
    election: 'total',
    zeroVote: 'drop',
    divisor: 'weights',
    smallTrim: 'keep one',
    rescale: 'inverse',
    trimRescale: 'none',
    noOutliers: 'band',
    zeroNorm: 'lerp',
  },
  peft: {
    work: 'f32',
    electOn: 'unweighted',
    election: 'total',
    zeroVote: 'plus',
    divisor: 'count',
    smallTrim: 'keep none',
    rescale: 'inverse',
    trimRescale: 'none',
    noOutliers: 'band',
    zeroNorm: 'lerp',
  },
  mergekit: {
    work: 'tensor',
    electOn: 'weighted',
    election: 'total',
    zeroVote: 'plus',
    divisor: 'weights',
    smallTrim: 'keep one',
    rescale: 'l1',
    trimRescale: 'none',
    noOutliers: 'band',
    zeroNorm: 'right angle',
  },
};

/**
 * The versions of a dialect, the newest first: what each does differently from the one above it, the first from the tool
 * as it is now. What one method does differently stands in that method: its exceptions and defaults.
 */
export const versions: readonly {
  readonly id: Version;
  readonly of: Current;
  /** The last release of it, and how the screen calls all of them. */
  readonly last: string;
  readonly label: string;
  readonly arithmetic: Partial<Arithmetic>;
}[] = [
  {
    ...{ id: 'mergekit 0.1.4', of: 'mergekit', last: '0.1.4', label: '0.1.0 to 0.1.4' },
    arithmetic: { smallTrim: 'refuse', noOutliers: 'nothing' },
  },
  {
    ...{ id: 'mergekit 0.0.6', of: 'mergekit', last: '0.0.6', label: 'up to 0.0.6' },
    arithmetic: { rescale: 'inverse' },
  },
];

/** The release of a tool that its dialect follows, where it has versions. */
export const newest: Readonly<Partial<Record<Current, string>>> = { mergekit: '0.1.5' };

/** Every name that a recipe may have for its dialect. */
export const allDialects: readonly Dialect[] = [...dialects, ...versions.map(({ id }) => id)];

/** The dialect that a version is one of; the others are their own. */
export function currentOf(dialect: Dialect): Current {
  return versions.find(({ id }) => id === dialect)?.of ?? (dialect as Current);
}

/** A dialect and all that it goes back on: from the tool as it is now to the version itself. */
export function lineage(dialect: Dialect): readonly Dialect[] {
  const current = currentOf(dialect);
  if (dialect === current) return [current];
  const own = versions.filter(({ of }) => of === current).map(({ id }) => id);
  return [current, ...own.slice(0, own.indexOf(dialect as Version) + 1)];
}

/** What is said by dialect, the older over the newer: a version has what its dialect has, where nothing else is said. */
export function inDialect<T extends object>(
  said: Readonly<Partial<Record<Dialect, T>>> | undefined,
  dialect: Dialect,
): T {
  return Object.assign({}, ...lineage(dialect).map((each) => said?.[each]));
}

type Described = {
  readonly label: string;
  readonly help: string;
  readonly choices: Readonly<Record<string, string>>;
};

/** How the screen and the docs name each choice. */
export const arithmeticWords: {
  readonly [K in ArithmeticKey]: Described & {
    readonly choices: Readonly<Record<Arithmetic[K], string>>;
  };
} = {
  work: {
    label: 'Precision of each step',
    help: 'Rounding every step to the tensors’ dtype loses digits; mergekit does it unless that is float32. Where dtypes differ, steps are f32.',
    choices: {
      f32: 'f32',
      tensor: 'dtype of the tensors',
      result: 'f32, the result in the dtype of the tensors',
    },
  },
  electOn: {
    label: 'Election sees',
    help: 'Whether a model’s weight counts in the sign election.',
    choices: { weighted: 'weighted task vectors', unweighted: 'task vectors without weights' },
  },
  election: {
    label: 'Election by',
    help: 'Total (also: sum, mass) lets one loud value win; frequency (also: count, vote) counts heads; unanimous merges only what all models keep and want alike, which is very little.',
    choices: {
      total: 'total of values',
      frequency: 'frequency of signs',
      unanimous: 'unanimous, or nobody',
    },
  },
  zeroVote: {
    label: 'A vote of zero',
    help: 'What happens where the election ends exactly even.',
    choices: { drop: 'drops the element', plus: 'counts as plus' },
  },
  divisor: {
    label: 'Agreeing values are',
    help: 'What the sum of the agreeing values is divided by.',
    choices: {
      weights: 'divided by their weights',
      count: 'divided by their count',
      none: 'summed',
    },
  },
  smallTrim: {
    label: 'Tiny tensors',
    help: 'A tensor so small that its density keeps less than one element.',
    choices: { 'keep one': 'keep one element', 'keep none': 'keep nothing', refuse: 'refuse' },
  },
  rescale: {
    label: 'Rescale of draws',
    help: 'How values that a random draw keeps make up for the dropped ones: p is the chance of being dropped.',
    choices: { inverse: '1 / (1 − p)', l1: 'match the L1 norm', none: 'none' },
  },
  trimRescale: {
    label: 'Trim rescale',
    help: 'Whether kept values make up for the trimmed ones.',
    choices: { l1: 'match the L1 norm', none: 'none' },
  },
  noOutliers: {
    label: 'A band without outliers',
    help: 'A tensor so small that its share of outliers is less than one element, or a share of 0.',
    choices: { band: 'keeps what its density says', nothing: 'keeps nothing' },
  },
  zeroNorm: {
    label: 'A tensor of zeros',
    help: 'Zeros have no direction; SLERP must do something else there.',
    choices: { lerp: 'blends linearly', 'right angle': 'counts as at a right angle' },
  },
};

const ofVersions = Object.fromEntries(versions.map(({ id, arithmetic }) => [id, arithmetic]));

/** The arithmetic of one merge: the dialect's row, the method's exceptions, then what was set by hand. */
export function resolveArithmetic(
  dialect: Dialect,
  exceptions: Readonly<Partial<Record<Dialect, Partial<Arithmetic>>>> | undefined,
  byHand: Partial<Arithmetic>,
): Arithmetic {
  return {
    ...arithmeticOf[currentOf(dialect)],
    ...inDialect<Partial<Arithmetic>>(ofVersions, dialect),
    ...inDialect(exceptions, dialect),
    ...byHand,
  };
}
