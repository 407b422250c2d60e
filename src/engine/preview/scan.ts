/** Where the models of a plan pull against each other, over all of it, from samples. */
import type { Arithmetic } from '../../methods/dialect.ts';
import { findMethod } from '../../methods/registry.ts';
import type { MergePart, Plan } from '../../plan/types.ts';
import type { CellState, ConflictMap } from '../../views/conflict-map.ts';
import { gridOf } from '../../views/grid.ts';
import { Pool } from '../../views/pool.ts';
import { cosine, opposition } from '../../views/rates.ts';
import { elementsIn, type Run, runsOf } from '../../views/sampling.ts';
import { type Ballot, Tally } from '../../views/tally.ts';
import { type Lens, weighed } from './eye.ts';
import { farBytes, isDear } from './far.ts';
import { look, type Sight } from './look.ts';
import { pooledMagnitudes } from './pooled.ts';
import { type Subject, subjectsOf } from './subjects.ts';
import type { Tools } from './tools.ts';

/** From the inputs to the outputs. */
export const groupOrder = ['embeddings', 'attention', 'mlp', 'norms', 'head', 'other'] as const;

/** Values of all tensors and planes together that a scan looks at. */
const mostValues = 4 * 2 ** 20;
/** Runs of a tensor that is not looked at whole; fewer where each of them costs more than its elements. */
const runCount = 16;
const dearRunCount = 4;

/** The whole plan, at most some million elements of it. A tensor that is small enough is looked at whole. */
export async function scan(
  plan: Plan,
  experts: readonly string[],
  tools: Tools,
): Promise<ConflictMap> {
  const { signal } = tools;
  const method = findMethod(plan.method)!;
  const subjects = subjectsOf(plan);
  const models = experts.length;
  const runsFor = runsOfAll(subjects, tools);
  const magnitudes = await pooledMagnitudes(plan, subjects, runsFor, tools);
  const lens: Lens = { method, arithmetic: plan.arithmetic, magnitudes };
  const grid = gridOf(subjects.map(({ tensor }) => tensor));
  const ballot = ballotOf(plan.arithmetic);
  const whole = new Pool(models);
  const byRow = grid.rows.map(() => new Pool(models));
  const byColumn = grid.columns.map(() => new Pool(models));
  const cells = new Map<number, Gathered>();
  let sampled = 0;
  for (const [i, subject] of subjects.entries()) {
    signal.throwIfAborted();
    const { row, column } = grid.places[i];
    const key = row * grid.columns.length + column;
    const cell = cells.get(key) ?? {
      first: subject.tensor,
      tensors: 0,
      pool: new Pool(models),
      row,
      column,
    };
    cells.set(key, cell);
    cell.tensors += 1;
    for (const { merge } of subject.merges) {
      if (merge.elementCount === 0) continue;
      const runs = runsFor(merge, i);
      const sight = await look(subject, merge, runs, lens, tools);
      const tallies = tallyRuns(sight, runs, models, ballot);
      const seen = elementsIn(runs);
      sampled += seen;
      for (const pool of [whole, byRow[row], byColumn[column], cell.pool]) {
        pool.take(tallies, seen / merge.elementCount);
      }
    }
  }
  const pairs = Array.from({ length: models * models }, (_, i) => [
    Math.floor(i / models),
    i % models,
  ]);
  return {
    rows: grid.rows,
    columns: grid.columns,
    models: experts,
    cells: [...cells.values()].map(({ pool, ...cell }) => ({
      ...cell,
      state: stateOf(pool.tally),
      stats: pool.stats(),
    })),
    byRow: byRow.map((pool) => pool.stats()),
    byColumn: byColumn.map((pool) => pool.stats()),
    whole: whole.stats(),
    cosines: pairs.map(([a, b]) => cosine(whole.tally, a, b)),
    opposite: pairs.map(([a, b]) => opposition(whole.tally, a, b)),
    elements: whole.tally.elements,
    sampled,
  };
}

type Gathered = {
  readonly first: string;
  tensors: number;
  readonly pool: Pool;
  readonly row: number;
  readonly column: number;
};

/** Bytes that a scan would fetch over the network. */
export function scanBytes(plan: Plan, tools: Tools): number {
  const subjects = subjectsOf(plan);
  const runsFor = runsOfAll(subjects, tools);
  return subjects.reduce(
    (sum, { merges }, i) =>
      merges.reduce((more, { merge }) => more + farBytes(merge, runsFor(merge, i), tools), sum),
    0,
  );
}

/** By expert: where one trim threshold holds for the whole model, its estimate; else null. */
export function modelMagnitudes(plan: Plan, tools: Tools): Promise<readonly number[] | null> {
  const subjects = subjectsOf(plan);
  return pooledMagnitudes(plan, subjects, runsOfAll(subjects, tools), tools);
}

/** Which elements of a merge of the i-th subject are looked at: all of them where there are few. */
export function runsOfAll(subjects: readonly Subject[], tools: Tools) {
  const most = fairShare(subjects.flatMap(({ merges }) => merges.map(({ merge }) => merge)));
  return (merge: MergePart, i: number) => {
    const { elementCount } = merge;
    if (elementCount <= most) return runsOf(elementCount, { count: 1, length: elementCount }, i);
    const count = isDear(merge, tools) ? dearRunCount : runCount;
    return runsOf(elementCount, { count, length: Math.max(1, Math.floor(most / count)) }, i);
  };
}

/** Elements that each tensor may show so that all together stay bounded: small ones leave theirs to the large. */
function fairShare(merges: readonly MergePart[]): number {
  let left = mostValues;
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

/** One tally a run, of all experts. */
function tallyRuns(
  { left, ...eye }: Sight,
  runs: readonly Run[],
  models: number,
  ballot: Ballot,
): readonly Tally[] {
  const [all, weights] = weighed(left, eye, models);
  let at = 0;
  return runs.map(([from, to]) => {
    const tally = new Tally(models);
    tally.take(all, weights, ballot, at, at + to - from);
    at += to - from;
    return tally;
  });
}

export function ballotOf({ election, electOn, zeroVote }: Arithmetic): Ballot {
  return { by: election, sees: electOn, even: zeroVote };
}

function stateOf({ massOf, elements }: Tally): CellState {
  const taking = massOf.reduce((count, mass) => count + (mass > 0 ? 1 : 0), 0);
  if (elements === 0 || taking === 0) return 'untouched';
  return taking === 1 ? 'alone' : 'measured';
}
