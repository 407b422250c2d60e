/** Which elements of a merge are followed: the most contested row of it, or the row around one of them. */
import type { Spot } from '../../methods/excerpt.ts';
import type { Run } from '../../views/sampling.ts';
import { matrixOf } from '../../views/tiles.ts';
import type { Deltas } from './deltas.ts';
import type { Selection } from './selection.ts';
import type { Placed, Subject } from './subjects.ts';

/** Elements in a row. */
export const longest = 12;

/** A merge that is looked at, and which of its elements. */
export type Found = Placed & { readonly subject: Subject; readonly runs: readonly Run[] };

/** Elements of a merge: the first of them, and how many. */
export type Cut = { readonly from: number; readonly count: number };

/** Index of the element in its merge; negative, or beyond its elements, where it lies outside. */
function indexOf({ shape }: Subject, { start }: Placed, { row, column }: Spot): number {
  const [, columns] = matrixOf(shape);
  return row * columns + column - start;
}

/** The merge that an element is of; null where there is none. */
export function holding({ subjects, pick }: Selection, at: Spot): Found | null {
  const index = subjects.findIndex(({ tensor }) => tensor === at.tensor);
  if (index < 0) return null;
  const { subject, runs } = pick(index);
  const [rows, columns] = matrixOf(subject.shape);
  if (at.row >= rows || at.column >= columns) return null;
  const placed = subject.merges.find((each) => {
    const element = indexOf(subject, each, at);
    return element >= 0 && element < each.merge.elementCount;
  });
  if (!placed) return null;
  return { subject, ...placed, runs: runs(placed.merge) };
}

/** Some elements of its row with the one pointed at among them. */
export function around({ subject, merge, start }: Found, at: Spot): Cut {
  const [, columns] = matrixOf(subject.shape);
  const index = indexOf(subject, { merge, start }, at);
  const lowest = Math.max(0, index - at.column);
  const highest = Math.min(merge.elementCount, index - at.column + columns);
  const from = Math.max(lowest, Math.min(index - Math.floor(longest / 2), highest - longest));
  return { from, count: Math.min(longest, highest - from) };
}

/** P and Q of one element: what pulls up, and what pulls down; NaN where a change is. */
function pullsOf(changes: readonly Float32Array[], i: number): readonly [number, number] {
  let plus = 0;
  let minus = 0;
  for (const values of changes) {
    const value = values[i];
    if (value > 0) plus += value;
    else minus -= value;
  }
  return [plus, minus];
}

/** Σ 2·min(P, Q), what would cancel in a sum, and Σ (P + Q). */
export function sumsOf(changes: readonly Float32Array[]) {
  let cancelled = 0;
  let mass = 0;
  for (let i = 0; i < changes[0].length; i++) {
    const [plus, minus] = pullsOf(changes, i);
    cancelled += 2 * Math.min(plus, minus);
    mass += plus + minus;
  }
  return { cancelled, mass };
}

/** The most contested row of what was sampled. */
export function contested({ subject, start, runs }: Found, { own: changes }: Deltas): Cut {
  const [, columns] = matrixOf(subject.shape);
  const width = Math.min(longest, columns, Math.max(...runs.map(([from, to]) => to - from)));
  // Roots: many elements in conflict before one that is loud. Where none is, the loud ones.
  const heats = changes[0].map((_, i) => {
    const [plus, minus] = pullsOf(changes, i);
    return Math.sqrt(Math.min(plus, minus)) + 1e-6 * Math.sqrt(plus + minus);
  });
  let best = runs[0][0];
  let most = -1;
  let at = 0;
  for (const [from, to] of runs) {
    for (let i = from; i + width <= to; i++) {
      if (((start + i) % columns) + width > columns) continue;
      let heat = 0;
      for (let j = 0; j < width; j++) heat += heats[at + i - from + j];
      if (heat > most) {
        most = heat;
        best = i;
      }
    }
    at += to - from;
  }
  // Where every sampled run crosses the end of a row, what is before it.
  return { from: best, count: Math.min(width, columns - ((start + best) % columns)) };
}
