/** A merge beside its base and its experts, task by task: how much of the best is left, and what was won over the base. */
import type { TaskScore } from './score.ts';
import { isHigherBetter, type TaskKind } from './task.ts';

export type Standing = {
  readonly task: string;
  readonly kind: TaskKind;
  readonly merge: number;
  readonly base: number | null;
  /** The best of the experts alone, and which it is. */
  readonly best: { readonly key: string; readonly expert: string; readonly value: number } | null;
  /** The merge's share of the best individual's score; of perplexity the best's share of the merge's. Null where the best is 0 or less. */
  readonly retention: number | null;
  /** Positive where the merge is better than the base: in points of the score, not in per cent of it. */
  readonly improvement: number | null;
};

/** One score of each model for one task; those that have none are left out. */
export type Scored = {
  readonly merge: TaskScore;
  readonly base: TaskScore | null;
  readonly experts: readonly {
    /** Titles may be equal, keys are not. */
    readonly key: string;
    readonly title: string;
    readonly score: TaskScore;
  }[];
};

/** Null where the merge itself has no score. */
export function standingOf({ merge, base, experts }: Scored): Standing | null {
  if (merge.mean === null) return null;
  const { task, kind } = merge;
  const sign = isHigherBetter(kind) ? 1 : -1;
  const best = experts.reduce<Standing['best']>((before, { key, title, score: { mean } }) => {
    if (mean === null || (before && sign * before.value >= sign * mean)) return before;
    return { key, expert: title, value: mean };
  }, null);
  const before = base?.mean ?? null;
  return {
    ...{ task, kind, merge: merge.mean, base: before, best },
    retention: best === null ? null : retentionOf(kind, merge.mean, best.value),
    improvement: before === null ? null : sign * (merge.mean - before),
  };
}

function retentionOf(kind: TaskKind, merge: number, best: number): number | null {
  if (best <= 0) return null;
  return isHigherBetter(kind) ? merge / best : best / merge;
}

/** Means over the tasks that have the number; null where none has. Improvements of perplexity are no points, and left out. */
export function averageOf(standings: readonly Standing[]) {
  const shares = standings.filter(({ kind }) => isHigherBetter(kind));
  return {
    retention: meanOf(standings.map(({ retention }) => retention)),
    improvement: meanOf(shares.map(({ improvement }) => improvement)),
    merge: meanOf(shares.map(({ merge }) => merge)),
  };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
