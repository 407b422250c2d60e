/** One number of a recipe from end to end, two as a grid, or one by golden section; and the line between two models. */
import { soupOf } from '../../recipe/candidates.ts';
import { type Dial, turnedTo } from '../../recipe/dials.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { type Candidate, type Searching, type Step, Trial, tryAll } from './step.ts';

export type Sweep = { readonly dial: Dial; readonly values: readonly number[] };

/** Of two the first changes slowest: row by row. */
export function sweep(
  recipe: Recipe,
  [first, second]: readonly [Sweep] | readonly [Sweep, Sweep],
  searching: Searching,
): AsyncGenerator<Step> {
  const rows = first.values.map((value) => [{ dial: first.dial, value }]);
  const points = second
    ? rows.flatMap((row) => second.values.map((value) => [...row, { dial: second.dial, value }]))
    : rows;
  return tryAll(
    points.map((point) => turnedCandidate(recipe, point)),
    searching,
  );
}

type Turned = { readonly dial: Dial; readonly value: number };

function turnedCandidate(recipe: Recipe, point: readonly Turned[]): Candidate {
  const told = point.map(({ dial, value }) => `${dial.label} ${Number(value.toFixed(6))}`);
  return {
    id: point.map(({ dial, value }) => `${dial.id} ${value}`).join('; '),
    title: told.join(', '),
    values: Object.fromEntries(point.map(({ dial, value }) => [dial.label, value])),
    recipe: point.reduce((before, { dial, value }) => turnedTo(before, dial, value), recipe),
  };
}

export type Golden = {
  readonly dial: Dial;
  readonly range: readonly [number, number];
  readonly tolerance: number;
};

const RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * The lowest point between two ends by golden section (Kiefer, Proc. Am. Math. Soc. 4, 1953), to `tolerance`: a seventh of a
 * sweep's evaluations, where the curve has one valley. In another case it ends in one of them. A RangeError for a range or a
 * tolerance that is none, and for numbers that are whole.
 */
export async function* goldenSection(
  recipe: Recipe,
  { dial, range: [low, high], tolerance }: Golden,
  searching: Searching,
): AsyncGenerator<Step> {
  if (!(low < high) || !(tolerance > 0)) {
    throw new RangeError('Golden section needs two different ends and a tolerance above 0.');
  }
  if (dial.param.integer)
    throw new RangeError(`${dial.label} is a whole number: sweep it instead.`);
  const most = 2 + Math.max(0, Math.ceil(Math.log(tolerance / (high - low)) / Math.log(RATIO)));
  const trial = new Trial(searching, most);
  const at = (value: number) => trial.of(turnedCandidate(recipe, [{ dial, value }]));
  let [from, to] = [low, high];
  let left = await at(to - RATIO * (to - from));
  yield left;
  let right = await at(from + RATIO * (to - from));
  yield right;
  while (to - from > tolerance) {
    const goesLeft = !(left.result.objective > right.result.objective);
    const [x, y] = [to - RATIO * (to - from), from + RATIO * (to - from)];
    if (goesLeft) {
      to = y;
      right = left;
      left = await at(to - RATIO * (to - from));
      yield left;
    } else {
      from = x;
      left = right;
      right = await at(from + RATIO * (to - from));
      yield right;
    }
  }
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
