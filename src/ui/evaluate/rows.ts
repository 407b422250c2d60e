import { unable } from '../../evaluate/runner.ts';
import type { Estimate } from '../../evaluate/statistics/interval.ts';
import { estimateOf, gainOf, haveSameTokens, verdictOf } from '../../evaluate/tasks/compare.ts';
import type { TaskScore } from '../../evaluate/tasks/score.ts';
import { type Standing, standingOf } from '../../evaluate/tasks/summary.ts';
import type { Task } from '../../evaluate/tasks/task.ts';
import type { Failure } from '../../stores/models.ts';
import { type Extent, type Scored, scoreKey } from '../../stores/scores.ts';

type Verdict = ReturnType<typeof verdictOf>;

export type Cell = {
  readonly score: TaskScore;
  readonly estimate: Estimate;
  /** Of the merge: beside the best expert and the base, and whether they can be told apart from it on these items. */
  readonly standing: Standing | null;
  readonly overBase: Verdict | null;
  readonly overBest: Verdict | null;
};

export type ScoreRow = Scored & {
  /** One for each task; null where it is not known yet. */
  readonly scores: readonly (Cell | null)[];
  readonly failure: Failure | null;
  /** One for each task: why the model was not scored on it, as an encoder is not on prompts. */
  readonly unable: readonly (Failure | null)[];
};

/** The table of scores: a row for each model, a cell for each task. */
export function rowsOf(
  scored: readonly Scored[],
  tasks: readonly Task[],
  extent: Extent,
  known: ReadonlyMap<string, TaskScore>,
  refused: ReadonlyMap<string, Failure>,
): readonly ScoreRow[] {
  const find = (of: Scored, task: Task) => known.get(scoreKey(of.key, task, extent)) ?? null;
  return scored.map((of) => ({
    ...of,
    failure: refused.get(of.key) ?? null,
    unable: tasks.map((task) => refused.get(scoreKey(of.key, task, extent)) ?? null),
    scores: tasks.map((task) => {
      const score = find(of, task);
      if (!score) return null;
      const parents = scored.filter(({ role }) => of.role === 'merge' && role !== 'merge');
      // Perplexities of other tokens are shown, and not compared.
      return cellOf(task, score, parents, (each) => {
        const other = find(each, task);
        return other && task.kind === 'text' && !haveSameTokens(score, other) ? null : other;
      });
    }),
  }));
}

function cellOf(
  task: Task,
  score: TaskScore,
  parents: readonly Scored[],
  find: (of: Scored) => TaskScore | null,
): Cell {
  const base = parents.find(({ role }) => role === 'base');
  const baseScore = base ? find(base) : null;
  const experts = parents.flatMap((of) => {
    const own = of.role === 'expert' ? find(of) : null;
    return own ? [{ key: of.key, title: of.title, score: own }] : [];
  });
  const standing =
    parents.length === 0 ? null : standingOf({ merge: score, base: baseScore, experts });
  const best = experts.find(({ key }) => key === standing?.best?.key)?.score;
  const told = (other: TaskScore | null | undefined) =>
    other ? verdictOf(gainOf(task, score, other)) : null;
  return {
    ...{ score, standing, estimate: estimateOf(task, score) },
    ...{ overBase: told(baseScore), overBest: told(best) },
  };
}

type Tried = Pick<ScoreRow, 'failure' | 'unable'> & { readonly scores: readonly unknown[] };
export type Stage = 'none' | 'some' | 'failed' | 'all';

/**
 * How far a table is filled. `all`: but for what a model is not able to; `failed`: nothing is left that was not tried, and may
 * be tried again.
 */
export function stageOf(rows: readonly Tried[]): Stage {
  const cells = rows.flatMap(({ scores, failure, unable: why }) => {
    return scores.map((cell, at) => (cell ? 'scored' : ((failure ?? why[at])?.tag ?? 'open')));
  });
  if (!cells.includes('scored') && cells.includes('open')) return 'none';
  if (cells.includes('open')) return 'some';
  if (cells.length === 0) return 'none';
  return cells.every((cell) => cell === 'scored' || cell === unable) ? 'all' : 'failed';
}

/** What the button that scores says. */
export function toScore(stage: Stage, begin: string): string {
  const labels = { none: begin, some: 'Score the rest', failed: 'Try again', all: 'All scored' };
  return labels[stage];
}

/** For a file, a line for each model and task. */
export function linesOf(rows: readonly ScoreRow[], tasks: readonly Task[]) {
  return [
    ['model', 'task', 'kind', 'part', 'items', 'score', 'low', 'high', 'loss'],
    ...rows.flatMap(({ title, scores }) =>
      scores.flatMap((cell, at) => {
        if (!cell) return [];
        const { kind, part, items, mean, loss } = cell.score;
        const { low, high } = cell.estimate;
        return [[title, tasks[at].title, kind, part, items.length, mean, low, high, loss]];
      }),
    ),
  ];
}
