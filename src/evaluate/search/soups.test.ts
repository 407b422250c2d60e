import { describe, expect, test } from 'vitest';
import { soupOf } from '../../recipe/candidates.ts';
import { all, expert, recipe, signal } from '../../testing/searching.ts';
import { greedySoup, learnedSoup, uniformSoup } from './soups.ts';
import type { Evaluate } from './step.ts';

describe('soups', () => {
  // Losses by the models in them, made by hand: A is best alone, C helps it, B does harm, D neither.
  const table: Readonly<Record<string, number>> = {
    ...{ A: 1, B: 1.4, C: 1.2, D: 1.3 },
    ...{ 'A C': 0.8, 'A C D': 0.8, 'A B C D': 0.9, 'A B C': 0.95 },
  };
  const byTable: Evaluate = async ({ recipe: { experts } }) => {
    const names = experts.map(({ model }) => model.id).sort();
    return { objective: table[names.join(' ')] ?? Number.NaN };
  };
  const four = { ...recipe, experts: [...recipe.experts, expert('D')] };

  test('by greed take what does not make them worse, and say why', async () => {
    const { steps, result } = await all(greedySoup(four, { evaluate: byTable, signal }));
    expect(result.taken).toEqual([0, 2, 3]);
    expect(result.log).toEqual([
      { model: 'A', taken: true, before: null, after: 1, why: 'the best alone' },
      { model: 'C', taken: true, before: 1, after: 0.8, why: 'the soup gets better' },
      { model: 'D', taken: true, before: 0.8, after: 0.8, why: 'the soup stays as good' },
      { model: 'B', taken: false, before: 0.8, after: 0.9, why: 'the soup gets worse' },
    ]);
    expect(steps.map(({ candidate }) => candidate.title).slice(3)).toEqual([
      'D alone',
      'soup of A, C',
      'soup of A, C, D',
      'soup of A, C, D, B',
    ]);
    expect(steps.at(-1)).toMatchObject({
      done: 7,
      of: 7,
      note: 'B: left out, the soup gets worse.',
    });
  });

  test('never take a model that cannot be scored', async () => {
    const five = { ...four, experts: [expert('E'), ...four.experts] };
    const { result } = await all(greedySoup(five, { evaluate: byTable, signal }));
    expect(result.taken).toEqual([1, 3, 4]);
    const none = { ...four, experts: [expert('E')] };
    await expect(all(greedySoup(none, { evaluate: byTable, signal }))).rejects.toThrow(
      'None of the models could be scored.',
    );
  });

  test('of all are their plain average', async () => {
    const { steps } = await all(uniformSoup(four, { evaluate: byTable, signal }));
    expect(steps[0].result.objective).toBe(0.9);
    expect(steps[0].candidate.recipe).toEqual(soupOf(four, [0, 1, 2, 3]));
    expect(steps[0].candidate.recipe.values.normalize).toBe(true);
  });

  test('with learned weights find the shares', async () => {
    const shares: Evaluate = async ({ recipe: { experts } }) => {
      const weights = experts.map(({ values }) => Number(values.weight));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const target = [0.5, 0.2, 0.3];
      const errors = weights.map((weight, i) => (weight / total - target[i]) ** 2);
      return { objective: errors.reduce((sum, error) => sum + error, 0) };
    };
    const { steps } = await all(learnedSoup(recipe, { evaluate: shares, signal, budget: 150 }));
    expect(steps[0].candidate.recipe.experts.map(({ values }) => values.weight)).toEqual([
      ...[0.5, 0.5, 0.5],
    ]);
    expect(steps.at(-1)!.best!.result.objective).toBeLessThan(1e-4);
  });
});
