/** What the scores of two models on the same items say about each other, and how sure it is. */
import {
  bootstrap,
  type Estimate,
  pairedProportions,
  proportion,
  ratio,
} from '../statistics/interval.ts';
import { spearman } from '../statistics/spearman.ts';
import type { ItemScore, TaskScore } from './score.ts';
import type { Task } from './task.ts';

/** The score's mean with its interval. NaN where only the loss was asked. */
export function estimateOf(task: Task, { items, mean }: TaskScore): Estimate {
  if (mean === null) return { value: Number.NaN, low: -Infinity, high: Infinity };
  switch (task.kind) {
    case 'exact':
    case 'choice':
      return proportion(scoresOf(items).filter(Boolean).length, items.length);
    case 'text': {
      const { value, low, high } = lossOf(items);
      return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
    }
    case 'pairs':
      return bootstrap(items.length, (drawn) => correlation(task, items, drawn));
    default:
      return task satisfies never;
  }
}

/**
 * How much better the first is than the second, positive where it is: in shares of right answers, in correlation, and of
 * texts in nats a token. A RangeError where the two were not scored on the same items.
 */
export function gainOf(task: Task, score: TaskScore, against: TaskScore): Estimate {
  checkSame(score, against);
  switch (task.kind) {
    case 'exact':
    case 'choice': {
      const [own, other] = [scoresOf(score.items), scoresOf(against.items)];
      const gained = own.filter((each, i) => each > other[i]).length;
      const lost = own.filter((each, i) => each < other[i]).length;
      return pairedProportions(gained, lost, own.length);
    }
    case 'text':
      return lossGainOf(score, against);
    case 'pairs':
      return bootstrap(score.items.length, (drawn) => {
        const own = correlation(task, score.items, drawn);
        const other = correlation(task, against.items, drawn);
        return own === null || other === null ? null : own - other;
      });
    default:
      return task satisfies never;
  }
}

/**
 * By how many nats a token the first loses less than the second. A RangeError where the items are not the same, or where the
 * models cut them into different tokens: then a loss per token of one says nothing about the other.
 */
export function lossGainOf(score: TaskScore, against: TaskScore): Estimate {
  checkSame(score, against);
  if (!haveSameTokens(score, against)) {
    throw new RangeError('The models have different tokens: compare their right answers instead.');
  }
  return ratio(
    score.items.map(({ loss }, i) => (against.items[i].loss ?? 0) - (loss ?? 0)),
    score.items.map(({ tokens }) => tokens),
  );
}

/** Whether both cut the same items into as many tokens: perplexities of others say nothing about each other. */
export function haveSameTokens(a: TaskScore, b: TaskScore): boolean {
  return a.items.every(({ tokens }, i) => tokens === b.items[i]?.tokens);
}

/** Only what lies outside the interval is called a gain, or a loss. */
export function verdictOf({ low, high }: Estimate): 'better' | 'worse' | 'not told apart' {
  if (low > 0) return 'better';
  return high < 0 ? 'worse' : 'not told apart';
}

function checkSame(a: TaskScore, b: TaskScore): void {
  const isSame =
    a.task === b.task &&
    a.items.length === b.items.length &&
    a.items.every(({ item }, i) => item === b.items[i].item);
  if (!isSame) throw new RangeError('Two models can only be compared on the same items.');
}

function lossOf(items: readonly ItemScore[]): Estimate {
  return ratio(
    items.map(({ loss }) => loss ?? 0),
    items.map(({ tokens }) => tokens),
  );
}

function correlation(
  task: Extract<Task, { kind: 'pairs' }>,
  items: readonly ItemScore[],
  drawn: readonly number[],
): number | null {
  const picked = drawn.map((at) => items[at]);
  return spearman(
    scoresOf(picked),
    picked.map(({ item }) => task.items[item].score),
  );
}

/** NaN where only the loss was asked: it is not above, below or equal to anything. */
const scoresOf = (items: readonly ItemScore[]) => items.map(({ score }) => score ?? Number.NaN);
