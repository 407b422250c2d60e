/**
 * A few elements of a real tensor, and what has to be known of all of it to merge them as the merge does: where the
 * trim's threshold lies, how long the models are and at which angle they stand.
 */

import { selectMagnitude } from '../numerics/select.ts';
import { total } from '../numerics/sum.ts';
import type { Arithmetic } from './dialect.ts';
import type { Lines } from './lines.ts';
import type { ChangeMeasure, DerivedMeasure } from './method.ts';
import { keptCount } from './task-vectors.ts';

/** One element of a tensor, in its matrix. */
export type Spot = { readonly tensor: string; readonly row: number; readonly column: number };

export type Excerpt = {
  readonly tensor: string;
  /** Of the tensor's matrix, and how many layers its stack has; 0 outside of stacks. */
  readonly matrix: readonly [rows: number, columns: number];
  readonly layers: number;
  /** Of the first element, in the tensor's matrix; the others follow it in its row. */
  readonly row: number;
  readonly column: number;
  /** Index of the first element among those that are merged; the noise is keyed by it. */
  readonly start: number;
  readonly tensorKey: number;
  /** Positions of the models among the recipe's experts; everything below is by model, in this order. */
  readonly ordinals: readonly number[];
  /** Zero where adapters are merged without one. */
  readonly base: Float32Array;
  /** τ of the elements. */
  readonly changes: readonly Float32Array[];
  /** Elements of the tensor that are merged, and how many of them the following is from. */
  readonly elementCount: number;
  readonly sampled: number;
  /** |τ| from the largest to the smallest; every so-manieth where there are many. */
  readonly magnitudes: readonly Float32Array[];
  /** The same of every tensor that the model takes part in, for a trim with one threshold for all of them. */
  readonly whole: readonly { readonly elementCount: number; readonly magnitudes: Float32Array }[];
  /** How many of the sampled elements come before each element in the order of a trim: larger, or equal and earlier. */
  readonly ranks: readonly Uint32Array[];
  /** The tensor's vectors along its second dimension, and by model the ranks of the elements in theirs: see `rankInto`. */
  readonly inLines?: { readonly lines: Lines; readonly ranks: readonly Float32Array[] };
  /** Σ aᵢ·bᵢ over the tensor, model × model. */
  readonly dots: Readonly<Record<'weights' | 'taskVectors', readonly number[]>>;
};

/**
 * What a backend would measure of the tensor. Exact where all of it was looked at, but for masses: of random draws it
 * is the expected one, and of elements that equal a threshold all count.
 */
export function measureOf(excerpt: Excerpt, measure: ChangeMeasure): readonly number[] {
  switch (measure.kind) {
    case 'dot':
      return [excerpt.dots[measure.of][measure.a * excerpt.ordinals.length + measure.b]];
    case 'lineDots':
      // All of the tensor counts as one vector; the figure says so.
      return measureOf(excerpt, { ...measure, kind: 'dot' });
    case 'magnitude':
      return cutOf(excerpt, measure.model, measure.count);
    case 'mass':
      return [massOf(excerpt, measure)];
    case 'rankMass':
      return rankMassOf(excerpt, measure);
    case 'eachLine': {
      const { changes, base } = excerpt;
      const planes = changes.map((row) => row.map((value, i) => base[i] + value));
      return [measure.of(planes, base, Math.fround)];
    }
    case 'whole':
      // These elements count as a tensor; the figure says so.
      return Array.from(measure.of(excerpt.changes.map((row) => Float32Array.from(row))));
    default:
      return measure satisfies never;
  }
}

/**
 * What a derived number comes to, from its values at the elements of an excerpt, as if all others were like them; from
 * all elements of a tensor it is what a backend measures.
 */
export function measureDerived(
  measure: DerivedMeasure,
  values: Float32Array,
  { start, elementCount }: Pick<Excerpt, 'start' | 'elementCount'>,
): readonly number[] {
  const share = values.length / elementCount;
  if (measure.kind === 'sum') return [total(values) / share];
  const { magnitude, lastIndex } = selectMagnitude(values, Math.round(measure.count * share));
  return [magnitude, start + lastIndex];
}

function cutOf(excerpt: Excerpt, model: number, count: number): readonly [number, number] {
  const { elementCount, sampled, start, changes, ranks } = excerpt;
  if (count <= 0) return [Number.POSITIVE_INFINITY, -1];
  if (count >= elementCount) return [0, elementCount - 1];
  const share = count / elementCount;
  const magnitude = atShare(excerpt.magnitudes[model], share);
  // Of equal ones the first are kept: those whose rank says so.
  const lastEqual = changes[model].findLastIndex(
    (value, i) => Math.abs(value) === magnitude && ranks[model][i] < share * sampled,
  );
  return [magnitude, start + lastEqual];
}

/** Equal magnitudes at a threshold of the whole model are all kept, as in its merge. */
const lastOfAll = 2 ** 32 - 1;

/** The magnitude of a trim that keeps a density of the whole model, and where it cuts among equals. */
export function wholeCutOf(
  { whole }: Excerpt,
  model: number,
  density: number,
  arithmetic: Arithmetic,
): readonly [number, number] {
  const { elementCount, magnitudes } = whole[model];
  const count = keptCount(density, elementCount, arithmetic);
  if (count <= 0) return [Number.POSITIVE_INFINITY, -1];
  if (count >= elementCount) return [0, lastOfAll];
  return [atShare(magnitudes, count / elementCount), lastOfAll];
}

/** Of magnitudes in descending order the last of the first share of them. */
function atShare(magnitudes: Float32Array, share: number): number {
  const last = Math.ceil(share * magnitudes.length) - 1;
  return magnitudes[Math.min(magnitudes.length - 1, Math.max(0, last))];
}

/** The rank that a magnitude would have in a vector, from 0 for the smallest, if all were like the whole tensor. */
export function rankAt({ magnitudes }: Excerpt, model: number, lines: Lines, size: number): number {
  const descending = magnitudes[model];
  const above = descending.findIndex((each) => each <= size);
  return rankOf(above < 0 ? descending.length - 1 : above, descending.length, lines);
}

/** Of the so-manieth of a sample, the largest first. */
function rankOf(place: number, sampled: number, { length }: Lines): number {
  return Math.round((1 - (place + 0.5) / sampled) * (length - 1));
}

function rankMassOf(
  { magnitudes, elementCount }: Excerpt,
  { model, lines, chance }: Extract<ChangeMeasure, { kind: 'rankMass' }>,
): readonly number[] {
  const own = magnitudes[model];
  const share = elementCount / Math.max(1, own.length);
  let [all, left] = [0, 0];
  for (const [place, size] of own.entries()) {
    all += size * share;
    left += size * share * chance(rankOf(place, own.length, lines));
  }
  return [all, left];
}

function massOf(
  { magnitudes, elementCount }: Excerpt,
  { model, keep }: Extract<ChangeMeasure, { kind: 'mass' }>,
): number {
  const own = magnitudes[model];
  const least = keep.kind === 'largest' ? keep.magnitude : 0;
  const sum = own.reduce((total, value) => total + (value >= least ? value : 0), 0);
  const share = keep.kind === 'drawn' ? Math.min(1, keep.density) : 1;
  return (sum * share * elementCount) / Math.max(1, own.length);
}
