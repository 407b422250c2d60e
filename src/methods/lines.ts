/**
 * A tensor seen as vectors of equal length: rows, columns. Their elements lie `step` apart; the vectors are numbered
 * as their first elements lie.
 */
export type Lines = { readonly length: number; readonly step: number };

/** Vectors along the last dimension: the rows of a matrix. A single number is a vector of one. */
export function alongLast(shape: readonly number[]): Lines {
  return { length: shape.at(-1) ?? 1, step: 1 };
}

/** Vectors along the first dimension: the columns of a matrix. */
export function alongFirst([length = 1, ...inner]: readonly number[]): Lines {
  return { length, step: inner.reduce((product, size) => product * size, 1) };
}

/** The shape of the first elements of a tensor: whole rows, where not all of them are merged. */
export function mergedShape(shape: readonly number[], elementCount: number): readonly number[] {
  if (shape.length === 0) return shape;
  const { step } = alongFirst(shape);
  return [step === 0 ? 0 : elementCount / step, ...shape.slice(1)];
}

/** How many vectors so many elements are. */
export function lineCount({ length }: Lines, elementCount: number): number {
  return length === 0 ? 0 : elementCount / length;
}

/**
 * Goes over elements `start` … `start + count` in stretches: of one vector, or of neighbours one element each.
 * `from` and `to` count from `start`; `line` is the vector of the first of them.
 */
export function eachStretch(
  { length, step }: Lines,
  start: number,
  count: number,
  visit: (line: number, from: number, to: number) => void,
): void {
  const longest = step === 1 ? length : step;
  for (let from = 0; from < count; ) {
    const at = start + from;
    const to = Math.min(count, from + longest - (at % longest));
    visit(Math.floor(at / (length * step)) * step + (at % step), from, to);
    from = to;
  }
}

/**
 * Numbers that a formula reads beside the models, one for each element: too many for coefficients. They come as
 * planes of f32 that are computed on the CPU, the same on every backend: `guide(p, i)` in WGSL, `at.guides[p]` here.
 */
export type Guides = {
  readonly lines: Lines;
  /** What the number of an element depends on: the vector that it lies in. */
  readonly by: 'line';
  /** By plane the number of each. */
  readonly values: readonly ArrayLike<number>[];
};

/** The planes of elements `start` … , as many as each of `out` takes. */
export function guideInto(guides: Guides, start: number, out: readonly Float32Array[]): void {
  const { lines, values } = guides;
  for (const [p, plane] of out.entries()) {
    const own = values[p];
    eachStretch(lines, start, plane.length, (line, from, to) => {
      if (lines.step === 1) plane.fill(own[line], from, to);
      else for (let i = from; i < to; i++) plane[i] = own[line + i - from];
    });
  }
}
