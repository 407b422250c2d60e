/** Where the models of a plan pull against each other, over all of it, from samples. */
import type { Arithmetic } from '../../methods/dialect.ts';
import { findMethod } from '../../methods/registry.ts';
import type { Plan } from '../../plan/types.ts';
import type { CellState, ConflictMap } from '../../views/conflict-map.ts';
import type { Grid } from '../../views/grid.ts';
import { Pool } from '../../views/pool.ts';
import { cosine, opposition } from '../../views/rates.ts';
import { elementsIn } from '../../views/sampling.ts';
import { type Ballot, Tally } from '../../views/tally.ts';
import { Counter } from './counted.ts';
import type { Lens } from './eye.ts';
import { farBytes } from './far.ts';
import { look } from './look.ts';
import { pooledMagnitudes } from './pooled.ts';
import { type Picked, type Selection, type Stratum, selectionOf } from './selection.ts';
import type { Tools } from './tools.ts';
import { visit } from './visit.ts';

/** From the inputs to the outputs. */
export const groupOrder = ['embeddings', 'attention', 'mlp', 'norms', 'head', 'other'] as const;

/**
 * The whole plan, at most some million elements of it. A tensor that is small enough is looked at whole, and all tensors
 * are looked at that are not too many.
 */
export async function scan(
  plan: Plan,
  experts: readonly string[],
  tools: Tools,
): Promise<ConflictMap> {
  const method = findMethod(plan.method)!;
  const selection = selectionOf(plan, tools);
  const { grid, picked } = selection;
  const models = experts.length;
  const magnitudes = await pooledMagnitudes(plan, selection, tools);
  const lens: Lens = { method, arithmetic: plan.arithmetic, magnitudes };
  const counter = await Counter.of(models, ballotOf(plan.arithmetic));
  const whole = new Pool(models);
  const byRow = grid.rows.map(() => new Pool(models));
  const byColumn = grid.columns.map(() => new Pool(models));
  const cells = cellsOf(selection, models);
  const poolsOf = ({ row, column }: Picked) => [
    whole,
    byRow[row],
    byColumn[column],
    cells.get(cellKey(grid, row, column))!.pool,
  ];
  const differing = new Map<Stratum, { readonly at: Picked; readonly totals: Tally[] }>();
  let sampled = 0;
  let isCoarse = false;
  for await (const pick of visit(picked, tools)) {
    const { subject, stratum } = pick;
    const total = new Tally(models);
    for (const { merge } of subject.merges) {
      if (merge.elementCount === 0) continue;
      const runs = pick.runs(merge);
      const sight = await look(subject, merge, runs, lens, tools);
      const tallied = counter.runs(sight, sight.runs);
      const seen = elementsIn(sight.runs);
      if (sight.runs !== runs) isCoarse = true;
      sampled += seen;
      total.add(tallied.all, merge.elementCount / seen);
      for (const pool of poolsOf(pick)) {
        pool.take(tallied, seen / merge.elementCount, stratum.standsFor);
      }
    }
    if (stratum.picked === stratum.tensors) continue;
    const others = differing.get(stratum)?.totals ?? [];
    differing.set(stratum, { at: pick, totals: [...others, total] });
  }
  for (const [{ picked: of, tensors }, { at, totals }] of differing) {
    for (const pool of poolsOf(at)) pool.differ(totals, of / tensors);
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
    tensorsMerged: selection.tensors,
    tensorsSampled: picked.length,
    isCoarse,
  };
}

type Gathered = {
  readonly first: string;
  tensors: number;
  readonly pool: Pool;
  readonly row: number;
  readonly column: number;
};

/** In the order of their first tensors. A tensor that is looked at is shown rather than one that is not. */
function cellsOf({ subjects, grid, picked }: Selection, models: number): Map<number, Gathered> {
  const cells = new Map<number, Gathered>();
  const firsts = new Map<number, string>();
  for (const { row, column, subject } of picked) {
    const key = cellKey(grid, row, column);
    if (!firsts.has(key)) firsts.set(key, subject.tensor);
  }
  for (const [i, { tensor }] of subjects.entries()) {
    const { row, column } = grid.places[i];
    const key = cellKey(grid, row, column);
    const first = firsts.get(key) ?? tensor;
    const cell = cells.get(key) ?? { first, tensors: 0, pool: new Pool(models), row, column };
    cells.set(key, cell);
    cell.tensors += 1;
  }
  return cells;
}

function cellKey({ columns }: Grid, row: number, column: number): number {
  return row * columns.length + column;
}

/** Bytes that a scan would fetch over the network. */
export function scanBytes(plan: Plan, tools: Tools): number {
  const { picked } = selectionOf(plan, tools);
  return picked.reduce(
    (sum, { subject, runs }) =>
      subject.merges.reduce((more, { merge }) => more + farBytes(merge, runs(merge), tools), sum),
    0,
  );
}

/** By expert: where one trim threshold holds for the whole model, its estimate; else null. */
export function modelMagnitudes(plan: Plan, tools: Tools): Promise<readonly number[] | null> {
  return pooledMagnitudes(plan, selectionOf(plan, tools), tools);
}

export function ballotOf({ election, electOn, zeroVote }: Arithmetic): Ballot {
  return { by: election, sees: electOn, even: zeroVote };
}

function stateOf({ massOf, elements }: Tally): CellState {
  const taking = massOf.reduce((count, mass) => count + (mass > 0 ? 1 : 0), 0);
  if (elements === 0 || taking === 0) return 'untouched';
  return taking === 1 ? 'alone' : 'measured';
}
