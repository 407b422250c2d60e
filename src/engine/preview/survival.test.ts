import { expect, test } from 'vitest';
import { plan } from '../../plan/plan.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { mergeRun, writtenTensor } from '../../testing/merge-run.ts';
import { f32, type TestTensor } from '../../testing/model-file.ts';
import { randomNumbers } from '../../testing/samples.ts';
import { type Survival, survivedAt } from '../../views/survival.ts';
import { run } from '../run/run.ts';
import { Viewer } from './viewer.ts';

type Models = Readonly<Record<string, Readonly<Record<string, TestTensor>>>>;

async function survived(
  models: Models,
  recipe: Partial<Recipe>,
  values: Record<string, Recipe['values']> = {},
) {
  const made = await mergeRun({ models, recipe, values });
  const opened = made.library.models();
  const viewer = new Viewer(made.library, (order) => {
    const planned = plan({ ...order, models: opened });
    return 'plan' in planned ? planned.plan : null;
  });
  const found = await viewer.survival(made.order, new AbortController().signal);
  return { made, viewer, found: found as Survival };
}

const q = 'model.layers.0.self_attn.q_proj.weight';
const up = 'model.layers.1.mlp.up_proj.weight';
const models = {
  base: { [q]: f32([2], [1, 1]), [up]: f32([2], [1, 1]) },
  ours: { [q]: f32([2], [4, 1]), [up]: f32([2], [3, 1]) },
  theirs: { [q]: f32([2], [1, 5]), [up]: f32([2], [-1, 1]) },
};

test('a sum keeps of two independent changes what their lengths say, and nothing of two that cancel', async () => {
  const { found } = await survived(models, { method: 'task_arithmetic', values: { lambda: 1 } });
  // (3, 4) beside (3, 0) and (0, 4); their average is half as long.
  expect(found.groups).toEqual([
    {
      ...{ name: 'attention', cosines: [0.6, 0.8], ratios: [5 / 3, 5 / 4], norm: 5 },
      ...{ overAverage: 2, overBase: Math.sqrt(25 / 2), flipped: 0, unchanged: 0, beyondF16: 0 },
    },
    {
      ...{ name: 'mlp', cosines: [null, null], ratios: [0, 0], norm: 0 },
      ...{ overAverage: null, overBase: 0, flipped: 0, unchanged: 1, beyondF16: 0 },
    },
  ]);
  expect(found.tensors.names).toEqual([q, up]);
  const { name: _, ...attention } = found.groups[0];
  expect(survivedAt(found.tensors, 2, 0)).toEqual(attention);
  expect(found.layers.map(({ name, overAverage }) => [name, overAverage])).toEqual([
    ['0', 2],
    ['1', null],
  ]);
  // (3, 4, 0, 0) beside (3, 0, 2, 0) and (0, 4, −2, 0).
  expect(found.whole.cosines[0]).toBeCloseTo(9 / (5 * Math.sqrt(13)), 12);
  expect([found.elements, found.sampled]).toEqual([4, 4]);
  expect(found.errors).toEqual({ cosine: 0, length: 0 });
});

test('it is what the merge writes that is told, for methods with and without a base', async () => {
  const random = randomNumbers(12);
  const numbers = () => Array.from({ length: 60 }, () => random() - 0.5);
  const [base, ours, theirs] = [numbers(), numbers(), numbers()];
  const many = {
    base: { [q]: f32([60], base) },
    ours: { [q]: f32([60], ours) },
    theirs: { [q]: f32([60], theirs) },
  };
  for (const method of ['linear', 'slerp', 'ties', 'dare_linear']) {
    const { made, found } = await survived(many, { method });
    const options = made.options();
    await run(made.plan, options);
    const bytes = writtenTensor(made.plan, options.sink, q);
    const change = [...new Float32Array(bytes.slice().buffer)].map((x, i) => x - base[i]);
    const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
    for (const [k, expert] of [ours, theirs].entries()) {
      const own = expert.map((x, i) => x - base[i]);
      const cosine = dot(change, own) / (Math.hypot(...change) * Math.hypot(...own));
      expect([method, found.whole.cosines[k]]).toEqual([method, expect.closeTo(cosine, 5)]);
    }
    expect(found.whole.norm).toBeCloseTo(Math.hypot(...change), 5);
  }
});

test('without a base there is nothing to survive', async () => {
  const { ours, theirs } = models;
  expect((await survived({ ours, theirs }, { method: 'linear' })).found).toBe(null);
});

test('a run saves it in its report and in the model card, by the thresholds that it measured', async () => {
  const { made, viewer } = await survived(models, {
    ...{ method: 'ties', values: { lambda: 1 }, trimScope: 'model' },
  });
  const asked: (readonly number[] | null)[] = [];
  const options = made.options({
    survival: (magnitudes, signal) => {
      asked.push(magnitudes);
      return viewer.survivalOfRun(made.plan, made.order, magnitudes, signal);
    },
  });
  await run(made.plan, options);
  const written = (name: string) => new TextDecoder().decode(options.sink.files.get(name));
  const { survival } = JSON.parse(written('amalgam-verify.json'));
  // Each keeps its largest change: (3, 4, 0, 0).
  expect(asked).toEqual([[3, 4]]);
  expect(survival).toMatchObject({ models: ['ours', 'theirs'], elements: 4, sampled: 4 });
  expect(survival.groups[0]).toMatchObject({ name: 'attention', norm: 5, cosines: [0.6, 0.8] });
  expect(survival).not.toHaveProperty('tensors');
  const card = written('README.md');
  expect(card).toMatch(/## What is left of each parent[^#]*\| attention \| 0\.60 \(× 1\.67\)/);
  expect(card.indexOf('## What is left')).toBeLessThan(card.indexOf('\n## Recipe\n'));
});

test('a run whose parents cannot be read once more is told so, and keeps what it made', async () => {
  const { made } = await survived(models, { method: 'task_arithmetic' });
  const options = made.options({ survival: () => Promise.reject(new Error('disk gone')) });
  const { verify } = await run(made.plan, options);
  expect([verify.ok, verify.remarks]).toEqual([
    true,
    ['what is left of each parent could not be measured: disk gone'],
  ]);
  expect(options.sink.state()).toBe('committed');
});

test('some tensors stand for all where a report looks at a few', async () => {
  const many = (value: number) =>
    Object.fromEntries(
      Array.from({ length: 600 }, (_, i) => [
        `model.layers.${i}.mlp.up_proj.weight`,
        f32([2], [value]),
      ]),
    );
  const { made, viewer } = await survived(
    { base: many(1), ours: many(3), theirs: many(1) },
    { method: 'task_arithmetic', values: { lambda: 1 } },
  );
  const { signal } = new AbortController();
  const found = (await viewer.survivalOfRun(made.plan, made.order, null, signal))!;
  expect(found.tensorsMerged).toBe(600);
  expect(found.tensorsSampled).toBeLessThanOrEqual(512);
  expect(found.sampled).toBe(2 * found.tensorsSampled);
  expect(found.elements).toBeCloseTo(1200, 6);
  expect(found.whole.cosines).toEqual([expect.closeTo(1, 12), null]);
  expect(found.whole.norm).toBeCloseTo(Math.sqrt(1200 * 4), 6);
});
