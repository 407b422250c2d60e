import { expect, test } from 'vitest';
import { findMethod, methods } from '../../methods/registry.ts';
import { plan } from '../../plan/plan.ts';
import { withMethod } from '../../recipe/defaults.ts';
import { dialsOf, turnedTo } from '../../recipe/dials.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { mergeRun } from '../../testing/merge-run.ts';
import { f32 } from '../../testing/model-file.ts';
import { randomNumbers } from '../../testing/samples.ts';
import type { Outcome } from '../../views/outcome.ts';
import type { Survival } from '../../views/survival.ts';
import { Viewer } from './viewer.ts';

type Numbers = Readonly<Record<string, readonly number[]>>;

const q = 'model.layers.0.self_attn.q_proj.weight';

/** Models of one tensor, and what recipes for them come to. */
async function looking(models: Numbers) {
  const made = await mergeRun({
    models: Object.fromEntries(
      Object.entries(models).map(([id, values]) => [id, { [q]: f32([values.length], values) }]),
    ),
  });
  const opened = made.library.models();
  const viewer = new Viewer(made.library, (order) => {
    const planned = plan({ ...order, models: opened });
    return 'plan' in planned ? planned.plan : null;
  });
  const { signal } = new AbortController();
  const orderOf = (recipe: Partial<Recipe>) => ({
    ...made.order,
    recipe: { ...made.order.recipe, ...recipe },
  });
  return {
    recipe: made.order.recipe,
    outcome: async (recipe: Partial<Recipe>) =>
      (await viewer.outcome(orderOf(recipe), signal)) as Outcome,
    survival: async (recipe: Partial<Recipe>) =>
      (await viewer.survival(orderOf(recipe), signal)) as Survival,
  };
}

const models = { base: [1, 1, -1, 0], ours: [4, 1, -1, 0], theirs: [-1, 5, -1, 0] };

test('a sum of two changes in numbers that can be worked by hand', async () => {
  const { outcome } = await looking(models);
  // (3, 0, 0, 0) and (−2, 4, 0, 0) make (1, 4, 0, 0); their average is half of it.
  const sum = await outcome({ method: 'task_arithmetic', values: { lambda: 1 } });
  expect(sum).toMatchObject({
    elements: 4,
    sampled: 4,
    norm: Math.sqrt(17),
    overAverage: 2,
    conflictRate: 1, // one element is shared, and contested
    overruled: null, // nobody votes
    flipped: 0,
    unchanged: 0.5,
  });
  expect(sum.distances).toEqual([
    { length: 3, distance: expect.closeTo(Math.hypot(1 - 3, 4), 12) },
    { length: Math.sqrt(20), distance: expect.closeTo(1 + 2, 12) },
  ]);
  expect(sum.cosines[0]).toBeCloseTo(1 / Math.sqrt(17), 12);
});

test('a sign that the merge turns is counted, of the signs that there are', async () => {
  const sum = { method: 'task_arithmetic', values: { lambda: 1 } };
  // The first element goes from 1 to 1 − 2; the zero has no sign to turn.
  const turned = await (await looking({ ...models, ours: models.base })).outcome(sum);
  expect([turned.flipped, turned.unchanged]).toEqual([1 / 3, 0.5]);
  const { outcome } = await looking(models);
  expect((await outcome({ ...sum, values: { lambda: 0 } })).unchanged).toBe(1);
});

test('an election overrules what loses it', async () => {
  const { recipe, outcome } = await looking(models);
  const experts = recipe.experts.map(({ model }) => ({ model, values: { density: 1 } }));
  const elected = await outcome({ method: 'ties', experts });
  // 3 against −2 at the first element, of a mass of 3 + 2 + 4; (3, 4) is left.
  expect(elected.overruled).toBeCloseTo(2 / 9, 12);
  expect(elected.norm).toBeCloseTo(5, 12);
});

test('every method fares side by side as its survival alone tells', async () => {
  const random = randomNumbers(5);
  const numbers = () => Array.from({ length: 90 }, () => random() - 0.5);
  const { recipe, outcome, survival } = await looking({
    base: numbers(),
    ours: numbers(),
    theirs: numbers(),
  });
  for (const { id } of methods.filter(({ arity }) => arity.models[1] >= 2)) {
    const own = withMethod(recipe, id);
    if (findMethod(id)!.decomposes) {
      await expect(survival(own)).rejects.toThrow('no sample tells what it leaves');
      expect(await outcome(own)).toBe(null);
      continue;
    }
    const [{ whole }, told] = [await survival(own), await outcome(own)];
    expect({ id, ...told }).toMatchObject({ id, ...whole });
  }
});

/** What the merge becomes at some values of a dial. */
async function sweep(of: Numbers, recipe: Partial<Recipe>, id: string, values: readonly number[]) {
  const { recipe: first, outcome } = await looking(of);
  const own = { ...first, ...recipe };
  const dial = dialsOf(own).find((each) => each.id === id)!;
  const all: Outcome[] = [];
  for (const value of values) all.push(await outcome(turnedTo(own, dial, value)));
  return all;
}

test('along λ a sum keeps its direction; its length is |λ| times that at 1', async () => {
  const all = await sweep(models, { method: 'task_arithmetic' }, 'lambda', [-1, 0, 0.5, 2]);
  const length = Math.sqrt(17); // (1, 4, 0, 0)
  expect(all.map(({ norm }) => norm)).toEqual([length, 0, length / 2, 2 * length]);
  const cosine = expect.closeTo(1 / Math.sqrt(17), 12);
  expect(all.map(({ cosines }) => cosines[0])).toEqual([
    expect.closeTo(-1 / Math.sqrt(17), 12),
    ...[null, cosine, cosine],
  ]);
  // The first element is 1 + λ, which −1 makes 0 and no λ here turns over; the second is 1 + 4λ.
  expect(all.map(({ flipped }) => flipped)).toEqual([1 / 3, 0, 0, 0]);
  expect(all.map(({ distances }) => distances[0].distance)).toEqual([
    Math.hypot(-4, -4),
    ...[3, Math.hypot(-2.5, 2), Math.hypot(-1, 8)],
  ]);
});

test('along t SLERP keeps the length of two equal ones and turns from one to the other', async () => {
  const right = { base: [0, 0], ours: [3, 0], theirs: [0, 3] };
  const steps = [0, 1 / 3, 0.5, 1];
  const all = await sweep(right, { method: 'slerp', values: { of: 'taskVectors' } }, 't', steps);
  for (const [i, { norm, cosines }] of all.entries()) {
    expect(norm).toBeCloseTo(3, 6);
    expect(cosines[0]).toBeCloseTo(Math.cos((steps[i] * Math.PI) / 2), 6);
    expect(cosines[1]).toBeCloseTo(Math.sin((steps[i] * Math.PI) / 2), 6);
  }
});

test('a lower density leaves less in conflict', async () => {
  const all = await sweep(models, { method: 'ties' }, 'density of all', [0.25, 0.5, 1]);
  // One element is left of each: 3 at the first, 4 at the second; two let the contested first one back in.
  expect(all.map(({ conflictRate }) => conflictRate)).toEqual([null, 1, 1]);
});

test('a method that the models do not fit has no outcome', async () => {
  const { outcome } = await looking({ ...models, third: models.ours });
  expect(await outcome({ method: 'slerp' })).toBe(null);
});
