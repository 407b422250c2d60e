import { describe, expect, test } from 'vitest';
import type { TaskScore } from '../../evaluate/tasks/score.ts';
import { type ExactTask, type PairTask, usualSplit } from '../../evaluate/tasks/task.ts';
import { judgement } from './judgement.ts';

const common = { id: 't', title: 'T', skill: 'own', split: usualSplit } as const;
const exact: ExactTask = { ...common, kind: 'exact', match: 'exact', stops: [], items: [] };

/** As many items as characters: + is right; each loses so much on one token. */
function scored(answers: string, loss: number): TaskScore {
  const items = [...answers].map((answer, item) => ({
    ...{
      item,
      score: Number(answer === '+'),
      loss: loss + 0.01 * (item % 2),
      tokens: 1,
      said: null,
    },
  }));
  return { task: 't', kind: 'exact', part: 'held-out', items, mean: null, loss };
}
const judged = (before: TaskScore, after: TaskScore) => [{ task: exact, before, after }];
const [bad, good] = ['-'.repeat(40), '+'.repeat(40)];

describe('the verdict on a search', () => {
  test('says that it beats what it began from, where the interval leaves 0 out', () => {
    expect(judgement(judged(scored(bad, 2), scored(good, 1)), 'TIES')).toMatch(
      /^It beats the recipe it began from \(TIES\) on the held-out half, by 100\.0 points of the score \(95 %: \d+\.\d to 100\.0\)\. Its loss there is lower, by 1\.000 nats a token/,
    );
  });

  test('says that it does not, where nothing can be told, though the loss is lower', () => {
    expect(judgement(judged(scored(good, 2), scored(good, 1)), 'TIES')).toMatch(
      /^It does not beat the recipe it began from \(TIES\) .* the difference is 0\.0 points .*Its loss there is lower/,
    );
  });

  test('says that it is worse', () => {
    expect(judgement(judged(scored(good, 1), scored(bad, 2)), 'TIES')).toMatch(
      /^It does worse .* by 100\.0 points .*: keep the recipe\. Its loss there is higher, by 1\.000/,
    );
  });

  test('of pairs speaks of their correlation', () => {
    const items = Array.from({ length: 30 }, (_, at) => ({ a: `${at}`, b: 'b', score: at }));
    const task: PairTask = { ...common, kind: 'pairs', items };
    const of = (sign: number): TaskScore => ({
      ...{ task: 't', kind: 'pairs', part: 'held-out', mean: sign, loss: null },
      items: items.map((_, item) => {
        return { item, score: sign * item, loss: null, tokens: 0, said: null };
      }),
    });
    const told = judgement([{ task, before: of(-1), after: of(1) }], 'Linear average');
    expect(told).toContain('by 2.000 of correlation (95 %: 2.000 to 2.000).');
    expect(told).not.toContain('nats');
  });
});
