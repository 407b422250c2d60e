import { expect, test } from 'vitest';
import type { Excerpt } from '../../methods/excerpt.ts';
import { findMethod, methods } from '../../methods/registry.ts';
import { workThrough } from '../../methods/worked.ts';
import { expertValues, globalValues } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { type MergeRun, mergeRun } from '../../testing/merge-run.ts';
import { bf16, f32 } from '../../testing/model-file.ts';
import { randomNumbers } from '../../testing/samples.ts';
import { Viewer } from './viewer.ts';

const signal = new AbortController().signal;
const viewerOf = ({ library, plan }: MergeRun) => new Viewer(library, () => plan);
const random = randomNumbers(5);
const numbers = (count: number, scale = 1) =>
  Array.from({ length: count }, () => scale * (random() - 0.5));

const [rows, columns] = [9, 40];
const base = numbers(rows * columns);
/** Steps of 1/64: many changes are equal, so that a trim has to cut among them. */
const stepped = () => base.map((value) => value + Math.round(12 * (random() - 0.5)) / 64);
const models = {
  base: { calm: bf16([rows, columns], base), fight: bf16([rows, columns], base) },
  a: {
    calm: bf16(
      [rows, columns],
      base.map((x) => x + 0.25),
    ),
    fight: bf16([rows, columns], stepped()),
  },
  b: {
    calm: bf16(
      [rows, columns],
      base.map((x) => x + 0.5),
    ),
    fight: bf16([rows, columns], stepped()),
  },
};

async function excerptOf(recipe: Partial<Recipe>, values?: Record<string, Recipe['values']>) {
  const made = await mergeRun({ models, recipe, ...(values ? { values } : {}) });
  const excerpt = (await viewerOf(made).excerpt(made.order, null, true, signal)) as Excerpt;
  return { made, excerpt, recipe: made.order.recipe };
}

test('passes over a tensor that holds what is not a finite number, however it fights', async () => {
  const change = (by: number) => base.map((value, i) => value + (i % 3 === 0 ? by : 0.25));
  const spoiled = (by: number, loud: number) =>
    f32(
      [rows, columns],
      change(by).map((value, i) => (i === 7 ? loud : value)),
    );
  const of = (by: number, loud: number) => ({
    calm: f32([rows, columns], change(by)),
    infinite: spoiled(4 * by, loud),
    nan: spoiled(4 * by, Number.NaN),
  });
  const own = f32([rows, columns], base);
  const made = await mergeRun({
    recipe: { method: 'task_arithmetic' },
    models: {
      base: { calm: own, infinite: own, nan: own },
      a: of(0.5, Number.POSITIVE_INFINITY),
      b: of(-0.5, Number.NEGATIVE_INFINITY),
    },
  });
  const excerpt = (await viewerOf(made).excerpt(made.order, null, true, signal))!;
  expect(excerpt.tensor).toBe('calm');
  expect(excerpt.dots.taskVectors.every(Number.isFinite)).toBe(true);
});

test('takes the elements that fight the most, and says where they are', async () => {
  const planted = numbers(rows * columns, 0.01);
  const own = { w: f32([rows, columns], planted) };
  const opposed = planted.map((value, i) =>
    i >= 5 * columns + 7 && i < 5 * columns + 19 ? -value : value,
  );
  const made = await mergeRun({
    recipe: { method: 'task_arithmetic' },
    models: {
      base: {
        w: f32(
          [rows, columns],
          planted.map(() => 0),
        ),
        v: f32(
          [rows, columns],
          planted.map(() => 0),
        ),
      },
      a: { ...own, v: f32([rows, columns], planted) },
      b: { w: f32([rows, columns], opposed), v: f32([rows, columns], planted) },
    },
  });
  const excerpt = (await viewerOf(made).excerpt(made.order, null, true, signal))!;
  expect(excerpt).toMatchObject({
    tensor: 'w',
    row: 5,
    column: 7,
    elementCount: 360,
    sampled: 360,
  });
  expect([...excerpt.changes[0]]).toEqual(planted.slice(207, 219).map(Math.fround));
  expect([...excerpt.changes[1]]).toEqual(planted.slice(207, 219).map((x) => -Math.fround(x)));
});

const ofTwo = methods.filter(
  // A few elements of a matrix are none that could be taken apart.
  ({ arity: { base, models }, decomposes }) => base === 'required' && models[1] >= 2 && !decomposes,
);

test.each(ofTwo.map(({ id }) => id))(
  'the page works out what the merge makes of them: %s',
  async (id) => {
    const { made, excerpt, recipe } = await excerptOf(
      { method: id, arithmetic: { work: 'f32' } },
      { a: { density: 0.3, weight: 0.7 }, b: { density: 0.55, weight: 1.2 } },
    );
    const method = findMethod(id)!;
    const worked = workThrough({
      method,
      excerpt,
      global: globalValues(recipe, method),
      perModel: recipe.experts.map((expert) => expertValues(recipe, method, expert)),
      arithmetic: made.plan.arithmetic,
      changes: excerpt.changes.map((row) => [...row]),
    });
    const square = { row: excerpt.row, column: excerpt.column, side: excerpt.base.length };
    const patch = (await viewerOf(made).patch(made.order, excerpt.tensor, square, signal))!;
    for (const [i, value] of worked.result.entries()) {
      expect(Math.fround(excerpt.base[i] + value)).toBe(patch.merged![i]);
      for (const k of [0, 1]) expect(worked.left[k][i]).toBe(patch.values[k].left[i]);
    }
  },
);

test('a trim with one threshold for the whole model cuts where its merge cuts', async () => {
  const { made, excerpt, recipe } = await excerptOf(
    { method: 'ties', trimScope: 'model' },
    { a: { density: 0.4 }, b: { density: 0.6 } },
  );
  expect(excerpt.whole.map(({ elementCount }) => elementCount)).toEqual([720, 720]);
  const method = findMethod('ties')!;
  const example = {
    ...{ method, excerpt, global: globalValues(recipe, method) },
    perModel: recipe.experts.map((expert) => expertValues(recipe, method, expert)),
    arithmetic: made.plan.arithmetic,
    changes: excerpt.changes.map((row) => [...row]),
  };
  const whole = workThrough({ ...example, wholeDensities: [0.4, 0.6] });
  const square = { row: excerpt.row, column: excerpt.column, side: excerpt.base.length };
  const patch = (await viewerOf(made).patch(made.order, excerpt.tensor, square, signal))!;
  for (const k of [0, 1]) {
    for (const [i, value] of whole.left[k].entries()) expect(value).toBe(patch.values[k].left[i]);
  }
  // The calm tensor changes by more: of this one next to nothing is kept, where its own threshold keeps some.
  const kept = (rows: readonly (readonly number[])[]) => rows.flat().filter(Boolean).length;
  expect(kept(whole.left)).toBeLessThan(kept(workThrough(example).left));
});

test('shows the row around an element that somebody points at', async () => {
  const made = await mergeRun({ models, recipe: { method: 'ties' } });
  const at = { tensor: 'calm', row: 3, column: 38 };
  const excerpt = (await viewerOf(made).excerpt(made.order, at, true, signal))!;
  expect(excerpt).toMatchObject({ tensor: 'calm', row: 3, column: 28, start: 3 * columns + 28 });
  expect(excerpt.changes[1]).toHaveLength(12);
  const outside = { ...at, row: rows };
  expect(await viewerOf(made).excerpt(made.order, outside, true, signal)).toBe(null);
});

test('has room for twenty models', async () => {
  const twenty = Array.from({ length: 20 }, (_, k) => [`m${k}`, { w: f32([4, 20], numbers(80)) }]);
  const made = await mergeRun({
    recipe: { method: 'ties' },
    models: { base: { w: f32([4, 20], numbers(80)) }, ...Object.fromEntries(twenty) },
  });
  const excerpt = (await viewerOf(made).excerpt(made.order, null, true, signal))!;
  expect(excerpt.ordinals).toHaveLength(20);
  expect(excerpt.dots.taskVectors).toHaveLength(400);
});

test('SLERP has the angle and the lengths of the whole tensor', async () => {
  const { excerpt, recipe } = await excerptOf({ method: 'slerp', values: { of: 'taskVectors' } });
  const method = findMethod('slerp')!;
  const global = globalValues(recipe, method);
  const changes = excerpt.changes.map((row) => [...row]);
  const { arc } = workThrough({
    ...{ method, excerpt, global, changes },
    perModel: [{}, {}],
    arithmetic: (await mergeRun({ models })).plan.arithmetic,
  });
  expect(arc!.norms[0] ** 2).toBeCloseTo(excerpt.dots.taskVectors[0], 6);
  expect(excerpt.dots.taskVectors).toHaveLength(4);
  expect(Math.cos(arc!.angle) * arc!.norms[0] * arc!.norms[1]).toBeCloseTo(
    excerpt.dots.taskVectors[1],
    6,
  );
});

test('nothing is fetched that was not agreed to, and nothing shown where nobody changes anything', async () => {
  const recipe = { method: 'task_arithmetic' };
  const far = await mergeRun({ models, recipe, wrap: (source) => ({ ...source, isRemote: true }) });
  const viewer = viewerOf(far);
  expect(await viewer.excerpt(far.order, null, false, signal)).toBe(null);
  await viewer.conflicts(far.order, true, signal);
  expect((await viewer.excerpt(far.order, null, false, signal))?.tensor).toBe('fight');
  const same = await mergeRun({ models: { base: models.base, a: models.base }, recipe });
  expect(await viewerOf(same).excerpt(same.order, null, true, signal)).toBe(null);
});
