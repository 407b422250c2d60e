import { describe, expect, test } from 'vitest';
import { electionSteps, methodsToCompare, soupOf } from '../../recipe/candidates.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import { dialsOf } from '../../recipe/dials.ts';
import { parseRecipe } from '../../recipe/parse.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { modelRef } from '../../testing/recipes.ts';
import { evolve } from './evolve.ts';
import { csvOf, rowsOf } from './rows.ts';
import { greedySoup, learnedSoup, uniformSoup } from './soups.ts';
import { spaceOf } from './space.ts';
import type { Evaluate, Step } from './step.ts';
import { tryAll } from './step.ts';
import { alongLine, barrierOf, goldenSection, sweep } from './sweep.ts';

const expert = (id: string, values = {}) => ({ model: modelRef(id), values });
const recipe: Recipe = {
  ...emptyRecipe(),
  base: modelRef('base'),
  experts: [expert('A'), expert('B'), expert('C')],
  values: { lambda: 0.5 },
};
const { signal } = new AbortController();
const dial = (id: string, of = recipe) => dialsOf(of).find((each) => each.id === id)!;

async function all<R>(steps: AsyncGenerator<Step, R>) {
  const found: Step[] = [];
  for (;;) {
    const next = await steps.next();
    if (next.done) return { steps: found, result: next.value };
    found.push(next.value);
  }
}

/** (λ − 0.63)² + Σ (weight − target)². */
const bowl: Evaluate = async ({ recipe: { values, experts } }) => {
  const target = [0.3, 0.9, 0.6];
  const weights = experts.map((each, i) => (Number(each.values.weight ?? 1) - target[i]) ** 2);
  const lambda = (Number(values.lambda ?? 1) - 0.63) ** 2;
  return { objective: weights.reduce((sum, each) => sum + each, lambda) };
};

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

describe('a space', () => {
  const weights = ['weight of A', 'weight of B'].map((id) => ({ dial: dial(id) }));

  test('of numbers in whole starts at the recipe, between sensible ends', () => {
    const { axes, recipeOf } = spaceOf(recipe, [{ dial: dial('lambda') }, ...weights], {
      kind: 'whole',
    });
    expect(axes).toEqual([
      { label: 'λ', low: 0, high: 2, start: 0.5 },
      { label: 'weight of A', low: -1, high: 2, start: 1 },
      { label: 'weight of B', low: -1, high: 2, start: 1 },
    ]);
    const made = recipeOf([0.7, 0.25, 5]);
    expect(made.values.lambda).toBe(0.7);
    expect(made.experts.map(({ values }) => values.weight)).toEqual([0.25, 2, undefined]);
  });

  test('by group sets rules of one model, in front of the recipe’s own, and replaces its earlier ones', () => {
    const own = {
      id: 'mine',
      filter: { kind: 'contains', text: 'x' },
      parameter: 'weight',
      model: null,
      value: 3,
    } as const;
    const detail = { kind: 'groups', groups: ['attention', 'mlp'] } as const;
    const space = spaceOf({ ...recipe, rules: [own] }, weights.slice(0, 1), detail);
    expect(space.axes.map(({ label }) => label)).toEqual([
      'weight of A, attention',
      'weight of A, mlp',
    ]);
    const made = space.recipeOf([0.1, 0.2]);
    expect(made.rules).toMatchObject([
      { filter: { kind: 'group', group: 'attention' }, model: 'A', value: 0.1 },
      { filter: { kind: 'group', group: 'mlp' }, model: 'A', value: 0.2 },
      own,
    ]);
    expect(spaceOf(made, weights.slice(0, 1), detail).recipeOf([0.3, 0.4]).rules).toHaveLength(3);
  });

  test('along the depth is a gradient, and a number outside the layers', () => {
    const space = spaceOf(recipe, [{ dial: dial('weight of B'), range: [0, 1.5] }], {
      kind: 'depth',
      points: 3,
    });
    expect(space.axes.map(({ label }) => label)).toEqual([
      'weight of B, depth 0 %',
      'weight of B, depth 50 %',
      'weight of B, depth 100 %',
      'weight of B, outside the layers',
    ]);
    const made = space.recipeOf([0.1, 0.2, 0.3, 0.4]);
    expect(made.rules).toMatchObject([
      { parameter: 'weight', model: 'B', value: [0.1, 0.2, 0.3], filter: { text: '' } },
    ]);
    expect(made.experts[1].values.weight).toBe(0.4);
  });

  test('without room is refused', () => {
    expect(() => spaceOf(recipe, [], { kind: 'whole' })).toThrow('choose a number');
    expect(() =>
      spaceOf(recipe, [{ dial: dial('lambda'), range: [1, 1] }], { kind: 'whole' }),
    ).toThrow('λ has no room between 1 and 1.');
  });
});

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
  });
});

test('every method that takes the models is compared at its own defaults', async () => {
  const compared = methodsToCompare(recipe);
  expect(compared.length).toBeGreaterThan(8);
  expect(compared.every(({ recipe: made }) => made.rules.length === 0)).toBe(true);
  expect(new Set(compared.map(({ title }) => title)).size).toBe(compared.length);
  const without = methodsToCompare({ ...recipe, base: null });
  expect(without.length).toBeLessThan(compared.length);
  const candidates = compared.map((each) => ({ ...each, id: each.title, values: {} }));
  const { steps } = await all(tryAll(candidates, { evaluate: bowl, signal }));
  expect(steps).toHaveLength(compared.length);
});

test('every recipe that is tried is one that opens from a file', () => {
  const detail = { kind: 'depth', points: 4 } as const;
  const searched = spaceOf(recipe, [{ dial: dial('weight of A') }], detail);
  const tried = [
    ...methodsToCompare(recipe).map((each) => each.recipe),
    ...electionSteps(recipe, 0.2, 1).map((each) => each.recipe),
    soupOf(recipe, [0, 2], [0.25, 0.75]),
    searched.recipeOf([0.1, 0.2, 0.3, 0.4, 0.5]),
  ];
  for (const each of tried) {
    expect(parseRecipe(JSON.parse(JSON.stringify(each)))).toEqual({ recipe: each });
  }
});

test('the steps of an election are four means under one λ', () => {
  const steps = electionSteps(recipe, 0.2, 1);
  expect(steps.map(({ title }) => title)).toEqual([
    ...['Mean of all', 'Trim', 'Trim and elect', 'TIES in full'],
  ]);
  const told = steps.map(({ recipe: { values, experts, arithmetic } }) => [
    ...[values.lambda, experts[0].values.density, arithmetic.divisor],
  ]);
  expect(told).toEqual([
    [1 / 3, 1, undefined],
    [1 / 3, 0.2, undefined],
    [1 / 3, 0.2, 'none'],
    [1, 0.2, 'weights'],
  ]);
});

test('what was found is a table that a spreadsheet reads', async () => {
  const values = [0.2, 0.4];
  const { steps } = await all(
    sweep(recipe, [{ dial: dial('lambda'), values }], {
      signal,
      evaluate: async () => ({ objective: 0.5, scores: { 'reverse, held-out': 0.25 } }),
    }),
  );
  const rows = rowsOf([...steps, { ...steps[0], result: { objective: Number.NaN } }]);
  expect(csvOf([...rows, { candidate: '=1+1', step: 4 }])).toBe(
    'step,candidate,λ,"reverse, held-out",objective\r\n1,λ 0.2,0.2,0.25,0.5\r\n2,λ 0.4,0.4,0.25,0.5\r\n3,λ 0.2,0.2,,\r\n4,\'=1+1,,,\r\n',
  );
});
