/**
 * The numbers that a formula receives, by name. A method declares them once; they travel as one flat list of f32,
 * in the order they are declared: those there is one of, then those of the first model, of the second …
 */

/** How a number travels: as f32, or as a whole number below 2³² in two halves of 16 bits, since f32 holds 24. */
export type CoefficientKind = 'f32' | 'u32';
type Names = Readonly<Record<string, CoefficientKind>>;

export type Layout = {
  /** One of each for the tensor. */
  readonly once: Names;
  /** One of each for every model. */
  readonly each: Names;
};

/** What a method gives: lists have one number per model. Booleans travel as 1 and 0. */
export type Given<L extends Layout> = {
  readonly [K in keyof L['once']]: number | boolean;
} & { readonly [K in keyof L['each']]: readonly number[] };

/** What its formula receives: the same, rounded to f32. */
export type Coefficients<L extends Layout> = Numbers<L['once']> & Lists<L['each']>;
export type Numbers<N extends Names> = { readonly [K in keyof N]: number };
export type Lists<N extends Names> = { readonly [K in keyof N]: Float64Array };

/** What `pack` needs of a method. */
type Packing = { readonly receives: Layout };

/** The flat list. Throws where a name is missing, or a list is not one number per model. */
export function pack(
  { receives }: Packing,
  given: Readonly<Record<string, number | boolean | readonly number[]>>,
  models: number,
): readonly number[] {
  const once = Object.entries(receives.once).flatMap(([name, kind]) => {
    const value = given[name];
    if (typeof value !== 'number' && typeof value !== 'boolean') {
      throw new Error(`coefficient ${name} must be one number`);
    }
    return wordsOf(Number(value), kind);
  });
  const each = Array.from({ length: models }, (_, k) =>
    Object.entries(receives.each).flatMap(([name, kind]) => {
      const values = given[name];
      if (!Array.isArray(values) || values.length !== models) {
        throw new Error(`coefficient ${name} must be ${models} numbers, one per model`);
      }
      return wordsOf(values[k], kind);
    }),
  );
  return [...once, ...each.flat()];
}

/** By name again. */
export function unpack({ receives }: Packing, list: ArrayLike<number>): Coefficients<Layout> {
  const { once, each, stride } = placesOf(receives);
  const first = sizeOf(receives.once);
  const models = stride === 0 ? 0 : Math.floor((list.length - first) / stride);
  const number = (kind: CoefficientKind, at: number) =>
    kind === 'u32' ? list[at] * 65536 + list[at + 1] : Math.fround(list[at]);
  return {
    ...Object.fromEntries(once.map(({ name, kind, at }) => [name, number(kind, at)])),
    ...Object.fromEntries(
      each.map(({ name, kind, at }) => [
        name,
        Float64Array.from({ length: models }, (_, k) => number(kind, at + k * stride)),
      ]),
    ),
  } as Coefficients<Layout>;
}

export type Place = { readonly name: string; readonly kind: CoefficientKind; readonly at: number };

/** Where in the list each begins; those of model k lie `k · stride` further on. */
export function placesOf({ once, each }: Layout) {
  const clash = Object.keys(each).find((name) => name in once);
  if (clash !== undefined) throw new Error(`coefficient ${clash} is declared twice`);
  const first = sizeOf(once);
  return { once: placed(once, 0), each: placed(each, first), stride: sizeOf(each) };
}

function placed(names: Names, from: number): readonly Place[] {
  let next = from;
  return Object.entries(names).map(([name, kind]) => {
    const at = next;
    next += widthOf(kind);
    return { name, kind, at };
  });
}

function sizeOf(names: Names): number {
  return Object.values(names).reduce((sum, kind) => sum + widthOf(kind), 0);
}

function widthOf(kind: CoefficientKind): number {
  return kind === 'u32' ? 2 : 1;
}

function wordsOf(value: number, kind: CoefficientKind): readonly number[] {
  return kind === 'u32' ? [Math.floor(value / 65536), value % 65536] : [value];
}
