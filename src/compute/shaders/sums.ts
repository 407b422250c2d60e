import type { TensorMeasure } from '../../methods/method.ts';
import { keepLimit } from '../../numerics/random.ts';
import { type Fields, sumKinds } from './structs.ts';

export type RankMeasure = Extract<TensorMeasure, { kind: 'magnitude' | 'rank' }>;
export type SumMeasure = Exclude<TensorMeasure, RankMeasure>;

export function isRank(measure: TensorMeasure): measure is RankMeasure {
  return measure.kind === 'magnitude' || measure.kind === 'rank';
}

export function isSum(measure: TensorMeasure): measure is SumMeasure {
  return !isRank(measure);
}

/** The name of the derived number that a measure is of; null where it is of weights or task vectors. */
export function derivedIn(measure: TensorMeasure): string | null {
  return 'of' in measure && measure.kind !== 'dot' ? measure.of : null;
}

/** The code of what reduce.wgsl sums. */
export function sumCode(measure: SumMeasure): number {
  return sumKinds.indexOf(kindOf(measure));
}

function kindOf(measure: SumMeasure): (typeof sumKinds)[number] {
  if (measure.kind === 'sum') return 'DERIVED_NUMBER';
  if (measure.kind === 'dot') return measure.of === 'weights' ? 'DOT_WEIGHTS' : 'DOT_TASK_VECTORS';
  const kinds = { all: 'MASS_ALL', largest: 'MASS_LARGEST', drawn: 'MASS_DRAWN' } as const;
  return kinds[measure.keep.kind];
}

/** A sum as the shader is told it; `start` is the index of the first element of the first oct. */
export function sumFields(measure: SumMeasure, start: number): Fields<'Sum'> {
  const none = { b: 0, magnitude: 0, cut: 0, limit: 0, seed: 0, draws: 1 };
  if (measure.kind === 'dot') return { ...none, a: measure.a, b: measure.b };
  if (measure.kind === 'sum') return { ...none, a: measure.model };
  const { model: a, keep } = measure;
  if (keep.kind === 'all') return { ...none, a };
  if (keep.kind === 'drawn') {
    return { ...none, a, seed: keep.seed, draws: keep.draws, limit: keepLimit(keep.density) };
  }
  const magnitude = new Uint32Array(Float32Array.of(keep.magnitude).buffer)[0];
  // Shaders know indices modulo 2³².
  const wrapped = start - (start % 2 ** 32);
  const cut = Math.min(Math.max(keep.lastIndex + 1 - wrapped, 0), 0xffffffff);
  return { ...none, a, magnitude, cut };
}

/** Measures in groups that one program answers: those of one derived number, or of none. */
export function byProgram<T>(
  all: readonly T[],
  measureOf: (one: T) => TensorMeasure,
): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const measure = measureOf(one);
    const key = `${isSum(measure) ? sumCode(measure) : ''} ${derivedIn(measure)}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}
