import { describe, expect, test } from 'vitest';
import { all, bowl, dial, recipe, signal } from '../../testing/searching.ts';
import { evolve } from './evolve.ts';
import { spaceOf } from './space.ts';
import type { Evaluate } from './step.ts';

describe('evolution', () => {
  const space = spaceOf(
    recipe,
    ['lambda', 'weight of A', 'weight of B', 'weight of C'].map((id) => ({ dial: dial(id) })),
    { kind: 'whole' },
  );
  const options = { evaluate: bowl, signal, budget: 400, seed: 5 };

  test('begins with the recipe and finds the valley within its budget', async () => {
    const { steps, result } = await all(evolve(space, options));
    expect(steps[0].candidate.recipe.values.lambda).toBe(0.5);
    expect(steps.length).toBeLessThanOrEqual(400);
    expect(result).toMatch(/budget|small/);
    const best = steps.at(-1)!.best!.candidate.recipe;
    expect(best.values.lambda).toBeCloseTo(0.63, 2);
    expect(best.experts.map(({ values }) => Number(values.weight))).toEqual([
      ...[0.3, 0.9, 0.6].map((value) => expect.closeTo(value, 2)),
    ]);
  });

  test('takes the same steps where several are asked at once and answer out of order', async () => {
    const one = await all(evolve(space, { ...options, budget: 60 }));
    let asked = 0;
    let under = 0;
    let most = 0;
    const slow: Evaluate = async (...call) => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setTimeout(resolve, (asked++ * 7) % 5));
      under--;
      return bowl(...call);
    };
    const several = { ...options, budget: 60, evaluate: slow, atOnce: 4 };
    expect(await all(evolve(space, several))).toEqual(one);
    expect([asked, most]).toEqual([60, 4]);
  });

  test('goes on where it was left, to the same candidates', async () => {
    const whole = await all(evolve(space, { ...options, budget: 60 }));
    const half = await all(evolve(space, { ...options, budget: 31 }));
    const known = new Map(half.steps.map(({ candidate, result }) => [candidate.id, result]));
    let asked = 0;
    const counted: Evaluate = (...call) => {
      asked++;
      return bowl(...call);
    };
    const rest = await all(evolve(space, { ...options, budget: 60, evaluate: counted, known }));
    expect(rest.steps).toEqual(whole.steps);
    expect(asked).toBe(29);
  });

  test('begins anew with a larger population where all is flat', async () => {
    const flat: Evaluate = async () => ({ objective: 3 });
    const { steps } = await all(
      evolve(space, { ...options, evaluate: flat, budget: 2000, restarts: 1 }),
    );
    const sizes = new Map<string, number>();
    for (const { note } of steps) sizes.set(note!, (sizes.get(note!) ?? 0) + 1);
    expect(Math.max(...sizes.values())).toBe(16);
    expect(steps[0].run).toEqual({ restart: 0, sigma: 0.2 });
    const begun = steps.findIndex(({ run }) => run!.restart === 1);
    const { run, note } = steps[begun];
    expect([run, note]).toEqual([
      { restart: 1, sigma: 0.2 },
      'Restart 1, generation 1, step 0.200.',
    ]);
  });
});
