/** Which tensors of a plan stand for all of it, and which elements stand for each. */
import type { MergePart, Plan } from '../../plan/types.ts';
import { type Grid, gridOf } from '../../views/grid.ts';
import { type Run, runsOf, sharesOf } from '../../views/sampling.ts';
import { isDear } from './far.ts';
import { type Subject, subjectsOf } from './subjects.ts';
import type { Tools } from './tools.ts';

/** Tensors that are looked at, save two of each stratum, which are not fewer. */
export const mostTensors = 2048;
/** How many tensors are looked at, and values of all of them and all planes together. */
export type Most = { readonly tensors: number; readonly values: number };
const usual: Most = { tensors: mostTensors, values: 4 * 2 ** 20 };
/** Runs of a tensor that is not looked at whole; fewer where each of them costs more than its elements. */
const runCount = 16;
const dearRunCount = 4;

/** A tensor that is looked at. */
export type Picked = {
  readonly subject: Subject;
  readonly row: number;
  readonly column: number;
  readonly stratum: Stratum;
  /** The elements of one of its merges that are looked at: all of them where there are few. */
  runs(merge: MergePart): readonly Run[];
};

/** Tensors of one cell and about one size, some of which stand for all. */
export type Stratum = {
  readonly tensors: number;
  readonly picked: number;
  /** Elements of all of them over elements of those that were picked; 1 where all were. */
  readonly standsFor: number;
};

/** Of a tensor that stands for itself. */
export const alone: Stratum = { tensors: 1, picked: 1, standsFor: 1 };

export type Selection = {
  readonly subjects: readonly Subject[];
  readonly grid: Grid;
  /** In the order they are written; all that are merged, unless they are too many. */
  readonly picked: readonly Picked[];
  /** Tensors that are merged. */
  readonly tensors: number;
  /** Any tensor as one that is looked at, for who wants to know it in particular. */
  pick(subject: number): Picked;
};

const known = new WeakMap<Plan, Selection>();

/** The same for the same plan. Every cell of the grid has some of its tensors in it, of each size. */
export function selectionOf(plan: Plan, tools: Pick<Tools, 'sources'>, most = usual): Selection {
  if (most !== usual) return selectAmong(subjectsOf(plan), tools, most);
  const before = known.get(plan);
  if (before) return before;
  const made = selectAmong(subjectsOf(plan), tools);
  known.set(plan, made);
  return made;
}

/** Of any subjects, whether a plan has them or not. */
export function selectAmong(
  subjects: readonly Subject[],
  tools: Pick<Tools, 'sources'>,
  limits = usual,
): Selection {
  const grid = gridOf(subjects.map(({ tensor }) => tensor));
  const sizes = subjects.map(elementsOf);
  const strata = new Map<number, number[]>();
  for (const [i, size] of sizes.entries()) {
    if (size === 0) continue;
    const { row, column } = grid.places[i];
    const key = (row * grid.columns.length + column) * 64 + Math.floor(Math.log2(size));
    const own = strata.get(key) ?? [];
    strata.set(key, own);
    own.push(i);
  }
  const all = [...strata.values()];
  const shares = sharesOf(
    all.map(({ length }) => length),
    limits.tensors,
  );
  const stratumOf = new Map<number, Stratum>();
  for (const [s, own] of all.entries()) {
    const count = shares[s];
    const chosen = runsOf(own.length, { count, length: 1 }, s).flatMap(([from, to]) =>
      own.slice(from, to),
    );
    const total = (of: readonly number[]) => of.reduce((sum, i) => sum + sizes[i], 0);
    const standsFor = total(own) / total(chosen);
    const stratum = { tensors: own.length, picked: chosen.length, standsFor };
    for (const i of chosen) stratumOf.set(i, stratum);
  }
  const order = [...stratumOf.keys()].toSorted((a, b) => a - b);
  const merges = order.flatMap((i) => subjects[i].merges.map(({ merge }) => merge));
  const most = fairShare(merges, limits.values);
  const runs = (merge: MergePart, i: number) => {
    const { elementCount } = merge;
    if (elementCount <= most) return runsOf(elementCount, { count: 1, length: elementCount }, i);
    const count = isDear(merge, tools) ? dearRunCount : runCount;
    return runsOf(elementCount, { count, length: Math.max(1, Math.floor(most / count)) }, i);
  };
  const known = new Map<MergePart, readonly Run[]>();
  const pick = (i: number): Picked => ({
    subject: subjects[i],
    row: grid.places[i].row,
    column: grid.places[i].column,
    stratum: stratumOf.get(i) ?? alone,
    runs(merge) {
      const made = known.get(merge) ?? runs(merge, i);
      known.set(merge, made);
      return made;
    },
  });
  const tensors = all.reduce((sum, { length }) => sum + length, 0);
  return { subjects, grid, picked: order.map(pick), tensors, pick };
}

function elementsOf({ merges }: Subject): number {
  return merges.reduce((sum, { merge }) => sum + merge.elementCount, 0);
}

/** Elements that each tensor may show so that all together stay bounded: small ones leave theirs to the large. */
function fairShare(merges: readonly MergePart[], values: number): number {
  let left = values;
  let planes = merges.reduce((sum, merge) => sum + merge.planes.length + 1, 0);
  for (const merge of merges.toSorted((a, b) => a.elementCount - b.elementCount)) {
    const own = merge.planes.length + 1;
    const share = left / planes;
    if (merge.elementCount > share) return Math.max(runCount, Math.floor(share));
    left -= own * merge.elementCount;
    planes -= own;
  }
  return Number.POSITIVE_INFINITY;
}
