/**
 * Methods whose result lies in the span of the models: out = zero + Σ sₖ·(xₖ − zero), with one share for each model
 * and tensor. All angles and lengths that such a share depends on follow from the Gram matrix of the models. `zero`
 * is the base where task vectors are combined, else 0. The same formula over four elements is `lib/combine.wgsl`.
 */
import type { Coefficients } from './coefficients.ts';
import { type Guides, type Lines, lineCount } from './lines.ts';
import type { At, Call, Measure } from './method.ts';

/** ⟨i, j⟩ of all models, row by row; symmetric. */
export type Gram = readonly (readonly number[])[];

type Of = 'weights' | 'taskVectors';

/** Directions whose mean is shorter cancel: the rest is the noise of f32 sums. */
export const CANCELLED = 1e-3;

/**
 * Sines below it are those of the very opposite direction, as well as f32 sums can tell. No arc leads there: shares of
 * one would be huge numbers whose difference is noise.
 */
export const OPPOSITE = 1e-3;

/** The dot products of all pairs, once: of the whole tensors, or of each of their vectors. */
export function gramMeasures(
  { perModel }: Pick<Call, 'perModel'>,
  soFar: readonly unknown[],
  of: Of,
  lines: Lines | null = null,
): readonly Measure[] {
  if (soFar.length > 0) return [];
  return pairsOf(perModel.length).map(([a, b]) =>
    lines ? { kind: 'lineDots', of, a, b, lines } : { kind: 'dot', of, a, b },
  );
}

/** Of the whole tensors, or of vector `line`. */
export function gramOf(
  { perModel }: Pick<Call, 'perModel'>,
  measured: readonly (readonly number[])[],
  line = 0,
): Gram {
  const n = perModel.length;
  const dots = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (const [i, [a, b]] of pairsOf(n).entries()) {
    dots[a][b] = measured[i][line];
    dots[b][a] = measured[i][line];
  }
  return dots;
}

/** Shares of each vector, `planes` of them, as guides: see `combine`. */
export function sharesByLine(
  { elementCount }: Pick<Call, 'elementCount'>,
  lines: Lines,
  planes: number,
  sharesOf: (line: number) => readonly number[],
): Guides {
  const count = lineCount(lines, elementCount);
  const values = Array.from({ length: planes }, () => new Float32Array(count));
  for (let line = 0; line < count; line++) {
    for (const [p, share] of sharesOf(line).entries()) values[p][line] = share;
  }
  return { lines, by: 'line', values };
}

/** Of model k with itself, and with those after it. */
function pairsOf(n: number): readonly (readonly [number, number])[] {
  return Array.from({ length: n }, (_, a) =>
    Array.from({ length: n - a }, (_, more) => [a, a + more] as const),
  ).flat();
}

/** ‖Σ cₖ·xₖ‖². */
export function squaredLength(gram: Gram, c: readonly number[]): number {
  return Math.max(0, inner(gram, c, c));
}

/** ⟨Σ aₖ·xₖ, Σ bₖ·xₖ⟩. */
export function inner(gram: Gram, a: readonly number[], b: readonly number[]): number {
  return gram.reduce(
    (sum, row, i) => sum + a[i] * row.reduce((more, dot, j) => more + b[j] * dot, 0),
    0,
  );
}

export const combineCoefficients = {
  once: { aroundBase: 'f32' },
  each: { share: 'f32' },
} as const;

/**
 * zero + Σ sₖ·(xₖ − zero), f32 in every dialect, in recipe order. Where there are guides the shares are theirs: one for all
 * models, or one for each.
 */
export function combine(
  x: readonly Float32Array[],
  base: Float32Array,
  c: Coefficients<typeof combineCoefficients>,
  { guides }: Pick<At, 'guides'>,
  out: Float32Array,
): void {
  const isAround = c.aroundBase === 1;
  const byElement = x.map((_, k) => guides[Math.min(k, guides.length - 1)]);
  for (let i = 0; i < out.length; i++) {
    const zero = isAround ? base[i] : 0;
    let sum = 0;
    for (let k = 0; k < x.length; k++) {
      const share = byElement[k]?.[i] ?? c.share[k];
      sum = Math.fround(sum + Math.fround(share * Math.fround(x[k][i] - zero)));
    }
    out[i] = Math.fround(zero + sum);
  }
}
