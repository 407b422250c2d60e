import { describe, expect, test } from 'vitest';
import { all, bowl, dial, recipe, signal } from '../../testing/searching.ts';
import type { Evaluate } from './step.ts';
import { alongLine, barrierOf, coarseness, grid } from './sweep.ts';

describe('a grid of two numbers', () => {
  const sweeps = [
    { dial: dial('lambda'), values: [0, 0.25, 0.5, 0.75, 1] },
    { dial: dial('weight of B'), values: [1, 2, 3] },
  ] as const;

  test('meets corners and middles first, then what lies between', async () => {
    expect(coarseness(9)).toEqual([0, 3, 2, 3, 1, 3, 2, 3, 0]);
    expect(coarseness(6)).toEqual([0, 2, 1, 2, 3, 0]);
    expect([coarseness(1), coarseness(2)]).toEqual([[0], [0, 0]]);
    const { steps } = await all(grid(recipe, sweeps, { evaluate: bowl, signal }));
    const told = steps.map(({ candidate: { values } }) => Object.values(values).join(' '));
    expect(told.slice(0, 4)).toEqual(['0 1', '0 3', '1 1', '1 3']);
    expect(told.slice(4, 9).toSorted()).toEqual(['0 2', '0.5 1', '0.5 2', '0.5 3', '1 2']);
    expect(new Set(told).size).toBe(15);
  });

  test('turns both numbers, and knows the best', async () => {
    const { steps } = await all(grid(recipe, sweeps, { evaluate: bowl, signal }));
    const { candidate, best, done, of } = steps.at(-1)!;
    expect(candidate.values).toEqual({ λ: candidate.recipe.values.lambda, 'weight of B': 3 });
    expect(candidate.recipe.experts[1].values.weight).toBe(3);
    expect(best!.candidate.title).toBe('λ 0.75, weight of B 1');
    expect([done, of]).toEqual([15, 15]);
  });

  test('ends when it is stopped, and one that is run again asks only for what is not known', async () => {
    const stop = new AbortController();
    const asked: string[] = [];
    const evaluate: Evaluate = async (candidate) => {
      asked.push(candidate.id);
      if (asked.length === 3) stop.abort();
      return { objective: 1 };
    };
    const known = new Map<string, { objective: number }>();
    await expect(async () => {
      const steps = grid(recipe, sweeps, { evaluate, signal: stop.signal });
      for await (const { candidate, result } of steps) known.set(candidate.id, result);
    }).rejects.toThrow();
    expect(known.size).toBe(2);
    const again = await all(grid(recipe, sweeps, { evaluate, signal, known }));
    expect(again.steps).toHaveLength(15);
    expect(asked).toHaveLength(16);
  });
});

describe('the line between two models', () => {
  test('is averages of the two, from one alone to the other', async () => {
    const { steps } = await all(alongLine(recipe, [2, 0], 3, { evaluate: bowl, signal }));
    const weights = steps.map(({ candidate }) =>
      candidate.recipe.experts.map(({ model, values }) => [model.id, values.weight]),
    );
    expect(weights[1]).toEqual([
      ['C', 0.5],
      ['A', 0.5],
    ]);
    expect(weights[0][1]).toEqual(['A', 0]);
    expect(steps[1].candidate.title).toBe('50 % C, 50 % A');
  });

  test('has a barrier where the loss rises above the line between the ends', () => {
    // Unequal ends: a straight climb has no barrier, though its middle is above the first end.
    const climb = [0, 0.25, 0.5, 0.75, 1].map((t) => ({ t, loss: 1 + 2 * t }));
    expect(barrierOf(climb)).toEqual({ height: 0, t: 0 });
    const hill = climb.map(({ t, loss }) => ({ t, loss: loss + 3 * t * (1 - t) }));
    expect(barrierOf(hill)).toEqual({ height: 0.75, t: 0.5 });
    expect(barrierOf(hill.slice(1))).toBeNull();
    expect(barrierOf([...hill, { t: 0.6, loss: Number.NaN }])).toBeNull();
  });
});
