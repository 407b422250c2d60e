/** Two numbers of a recipe as a grid, and the line between two models. */
import { soupOf } from '../../recipe/candidates.ts';
import { type Dial, turnedTo } from '../../recipe/dials.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { type Candidate, type Searching, type Step, tryAll } from './step.ts';

export type Sweep = { readonly dial: Dial; readonly values: readonly number[] };

/** Every value of the one with every value of the other, from coarse to fine, so that the first candidates tell of the whole. */
export function grid(
  recipe: Recipe,
  sweeps: readonly [Sweep, Sweep],
  searching: Searching,
): AsyncGenerator<Step> {
  const [rows, columns] = sweeps.map(({ values }) => coarseness(values.length));
  const cells = rows.flatMap((i, row) => columns.map((j, column) => ({ row, column, i, j })));
  cells.sort((a, b) => Math.max(a.i, a.j) - Math.max(b.i, b.j));
  return tryAll(
    cells.map(({ row, column }) => cellCandidate(recipe, sweeps, row, column)),
    searching,
  );
}

/** The same for the same two values, wherever they stand in a grid. */
export function cellId(
  sweeps: readonly [Sweep, Sweep],
  ...at: readonly [row: number, column: number]
): string {
  return sweeps.map(({ dial, values }, k) => `${dial.id} ${values[at[k]]}`).join('; ');
}

function cellCandidate(
  recipe: Recipe,
  sweeps: readonly [Sweep, Sweep],
  ...at: readonly [row: number, column: number]
): Candidate {
  const turned = sweeps.map(({ dial, values }, k) => ({ dial, value: values[at[k]] }));
  return {
    id: cellId(sweeps, ...at),
    title: turned.map(({ dial, value }) => `${dial.label} ${value}`).join(', '),
    values: Object.fromEntries(turned.map(({ dial, value }) => [dial.label, value])),
    recipe: turned.reduce((before, { dial, value }) => turnedTo(before, dial, value), recipe),
  };
}

/** By which halving of the whole each of so many positions is met: 0 for the ends, 1 for the middle, and so on. */
export function coarseness(count: number): readonly number[] {
  const levels = new Array<number>(count).fill(0);
  const halve = (from: number, to: number, level: number) => {
    if (to - from < 2) return;
    const middle = (from + to) >> 1;
    levels[middle] = level;
    halve(from, middle, level + 1);
    halve(middle, to, level + 1);
  };
  halve(0, count - 1, 1);
  return levels;
}

/** Averages of two experts from the first alone (t = 0) to the second alone (t = 1), in equal steps. */
export function alongLine(
  recipe: Recipe,
  experts: readonly [number, number],
  points: number,
  searching: Searching,
): AsyncGenerator<Step> {
  if (points < 3)
    throw new RangeError('A line needs three points or more: two ends, and what is between.');
  const [a, b] = experts.map((at) => recipe.experts[at].model.name);
  const all = Array.from({ length: points }, (_, k): Candidate => {
    const t = k / (points - 1);
    return {
      id: `line ${experts.join(' ')} at ${t}`,
      title: `${Math.round(100 * (1 - t))} % ${a}, ${Math.round(100 * t)} % ${b}`,
      values: { t },
      recipe: soupOf(recipe, experts, [1 - t, t]),
    };
  });
  return tryAll(all, searching);
}

export type Point = { readonly t: number; readonly loss: number };

/**
 * How far the loss rises above the straight line between the losses of the two ends: the largest loss(t) − (1 − t)·loss(0) −
 * t·loss(1), and where (Frankle et al., ICML 2020). 0 for two models in one basin; never below 0, for the ends are on the line.
 * Null where an end is missing, or a point without a number.
 */
export function barrierOf(
  points: readonly Point[],
): { readonly height: number; readonly t: number } | null {
  const first = points.find(({ t }) => t === 0)?.loss ?? Number.NaN;
  const last = points.find(({ t }) => t === 1)?.loss ?? Number.NaN;
  if (!Number.isFinite(first + last) || points.some(({ loss }) => Number.isNaN(loss))) return null;
  return points.reduce(
    (highest, { t, loss }) => {
      const height = loss - (1 - t) * first - t * last;
      return height > highest.height ? { height, t } : highest;
    },
    { height: 0, t: 0 },
  );
}
