/** Scores of one model on one task. */
import { type Able, UnableError } from '../runner.ts';
import { cosine } from '../statistics/cosine.ts';
import { spearman } from '../statistics/spearman.ts';
import {
  type Answered,
  answerChoices,
  answerExactly,
  answerTexts,
  type Scoring,
} from './answer.ts';
import { itemsOf } from './split.ts';
import type { PairTask, Part, Task, TaskKind } from './task.ts';

export type ItemScore = Answered & {
  /** Index in the task's items. */
  readonly item: number;
};

export type TaskScore = {
  readonly task: string;
  readonly kind: TaskKind;
  readonly part: Part;
  readonly items: readonly ItemScore[];
  /** Share of right answers, perplexity, or correlation. Null when only the loss was asked, or nothing can be told. */
  readonly mean: number | null;
  /** Nats a token over all tokens of all items. Null for pairs. */
  readonly loss: number | null;
  /** What the model was run on, where that is told. */
  readonly backend?: 'cpu' | 'webgpu';
};

/**
 * Rejects with a RangeError where the part has no items, with an UnableError where the model is not able to what the task
 * asks, and with whatever the model rejects with.
 */
export async function score(
  task: Task,
  model: Able,
  part: Part,
  options: Scoring,
): Promise<TaskScore> {
  const indices = itemsOf(task, part).slice(0, options.most);
  if (indices.length === 0) {
    throw new RangeError(`"${task.title}" has no items to score in its ${part} part.`);
  }
  options.signal.throwIfAborted();
  const answered = await answer(task, indices, model, options);
  const items = answered.map((each, at) => ({ item: indices[at], ...each }));
  const loss = task.kind === 'pairs' ? null : meanLoss(items);
  return { task: task.id, kind: task.kind, part, items, mean: meanOf(task, items, loss), loss };
}

/** Nats a token over items; null where no token was scored. */
export function meanLoss(items: readonly ItemScore[]): number | null {
  const tokens = items.reduce((sum, item) => sum + item.tokens, 0);
  return tokens === 0 ? null : items.reduce((sum, item) => sum + (item.loss ?? 0), 0) / tokens;
}

function answer(
  task: Task,
  indices: readonly number[],
  model: Able,
  options: Scoring,
): Promise<readonly Answered[]> {
  const pick = <I>(items: readonly I[]) => indices.map((index) => items[index]);
  switch (task.kind) {
    case 'exact':
      return answerExactly(task, pick(task.items), model, options);
    case 'choice':
      return answerChoices(task, pick(task.items), model, options);
    case 'text':
      return answerTexts(pick(task.items), model, options);
    case 'pairs':
      return comparePairs(pick(task.items), model, options);
    default:
      return task satisfies never;
  }
}

async function comparePairs(
  items: PairTask['items'],
  model: Able,
  options: Scoring,
): Promise<readonly Answered[]> {
  if (!model.embed) throw new UnableError(model, 'embeddings');
  const texts = [...new Set(items.flatMap(({ a, b }) => [a, b]))];
  const vectors = await model.embed(texts, options);
  const of = new Map(texts.map((text, at) => [text, vectors[at]]));
  return items.map(({ a, b }) => {
    return { score: cosine(of.get(a)!, of.get(b)!), loss: null, tokens: 0, said: null };
  });
}

function meanOf(task: Task, items: readonly ItemScore[], loss: number | null): number | null {
  if (task.kind === 'text') return loss === null ? null : Math.exp(loss);
  const scores = items.map((item) => item.score);
  if (!scores.every((each) => each !== null)) return null;
  if (task.kind === 'pairs') {
    return spearman(
      scores,
      items.map(({ item }) => task.items[item].score),
    );
  }
  return scores.reduce((sum, each) => sum + each, 0) / scores.length;
}
