import { describe, expect, test } from 'vitest';
import { all, bowl, dial, recipe, signal } from '../../testing/searching.ts';
import type { Evaluate } from './step.ts';
import { alongLine, barrierOf, goldenSection, sweep } from './sweep.ts';

describe('a sweep', () => {
  const onLambda: Evaluate = async (candidate) => {
    return { objective: (Number(candidate.recipe.values.lambda) - 0.63) ** 2 };
  };

  test('tries every value of a number and knows the best so far', async () => {
    const values = [0.2, 0.4, 0.6, 0.8, 1];
    const { steps } = await all(
      sweep(recipe, [{ dial: dial('lambda'), values }], { evaluate: onLambda, signal }),
    );
    expect(steps.map(({ candidate }) => candidate.recipe.values.lambda)).toEqual(values);
    expect(steps.map(({ best }) => best!.candidate.title)).toEqual([
      ...['λ 0.2', 'λ 0.4', 'λ 0.6', 'λ 0.6', 'λ 0.6'],
    ]);
    expect(steps.map(({ done, of }) => [done, of]).at(-1)).toEqual([5, 5]);
  });

  test('of two numbers goes row by row', async () => {
    const { steps } = await all(
      sweep(
        recipe,
        [
          { dial: dial('lambda'), values: [0.1, 0.2] },
          { dial: dial('weight of B'), values: [1, 2, 3] },
        ],
        { evaluate: bowl, signal },
      ),
    );
    expect(steps).toHaveLength(6);
    expect(steps[3].candidate.values).toEqual({ λ: 0.2, 'weight of B': 1 });
    expect(steps[5].candidate.recipe.experts[1].values.weight).toBe(3);
  });

  test('by golden section finds the valley with a seventh of the evaluations', async () => {
    const { steps } = await all(
      goldenSection(
        recipe,
        { dial: dial('lambda'), range: [0, 2], tolerance: 0.01 },
        { evaluate: onLambda, signal },
      ),
    );
    const { best, done, of } = steps.at(-1)!;
    expect(Math.abs(Number(best!.candidate.recipe.values.lambda) - 0.63)).toBeLessThan(0.01);
    expect([done, of]).toEqual([14, 14]);
  });

  test('ends when it is stopped, and one that is run again asks only for what is not known', async () => {
    const stop = new AbortController();
    const asked: string[] = [];
    const evaluate: Evaluate = async (candidate) => {
      asked.push(candidate.id);
      if (asked.length === 3) stop.abort();
      return { objective: 1 };
    };
    const values = [1, 2, 3, 4];
    const once = { evaluate, signal: stop.signal };
    const steps = sweep(recipe, [{ dial: dial('lambda'), values }], once);
    const known = new Map<string, { objective: number }>();
    await expect(async () => {
      for await (const { candidate, result } of steps) known.set(candidate.id, result);
    }).rejects.toThrow();
    expect(known.size).toBe(2);
    const again = sweep(recipe, [{ dial: dial('lambda'), values }], { evaluate, signal, known });
    expect((await all(again)).steps).toHaveLength(4);
    expect(asked).toHaveLength(5);
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
