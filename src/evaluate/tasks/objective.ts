/** What a search makes small: one number of a model on a task, and in which unit. */
import type { TaskScore } from './score.ts';
import type { TaskKind } from './task.ts';

/** The loss in nats a token; of pairs, which have none, 1 − their correlation: 0 to 2. NaN where nothing can be told. */
export function objectiveOf({ loss, mean }: Pick<TaskScore, 'loss' | 'mean'>): number {
  return loss ?? (mean === null ? Number.NaN : 1 - mean);
}

/** No model does both: a decoder embeds no pairs, and an encoder has no probabilities. So the tasks of a search have one unit. */
export type Unit = 'nats a token' | '1 − correlation';

export const unitOf = (kind: TaskKind): Unit =>
  kind === 'pairs' ? '1 − correlation' : 'nats a token';
