import { expect, test } from 'vitest';
import type { Source } from '../../io/source.ts';
import { plan } from '../../plan/plan.ts';
import type { Plan } from '../../plan/types.ts';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { decode } from '../../testing/encode.ts';
import { type MergeRun, mergeRun, writtenTensor } from '../../testing/merge-run.ts';
import { bf16, f32 } from '../../testing/model-file.ts';
import { randomNumbers } from '../../testing/samples.ts';
import type { Close } from '../../views/close.ts';
import type { ConflictMap } from '../../views/conflict-map.ts';
import { run } from '../run/run.ts';
import { Viewer } from './viewer.ts';

const signal = new AbortController().signal;
const viewerOf = ({ library, plan }: MergeRun) => new Viewer(library, () => plan);

/** All of a tensor that nothing has to be fetched for. */
async function whole(viewer: Viewer, made: MergeRun, tensor: string): Promise<Close> {
  const found = await viewer.tensor(made.order, tensor, true, signal);
  if (found === null || 'toFetch' in found) throw new Error(`${tensor} was not looked at`);
  return found;
}

const random = randomNumbers(23);
const numbers = (count: number) => Array.from({ length: count }, () => random() - 0.5);
const shape = [37, 29];
const models = {
  base: { w: f32(shape, numbers(37 * 29)), 'only.base': f32([3]) },
  a: { w: f32(shape, numbers(37 * 29)) },
  b: { w: bf16(shape, numbers(37 * 29)) },
};

const merged = (recipe: Partial<Recipe> = {}, values?: Record<string, Recipe['values']>) =>
  mergeRun({ models, recipe: { method: 'ties', ...recipe }, ...(values ? { values } : {}) });

test('tiles of a small tensor are its elements, and add up to its rates', async () => {
  const made = await merged({}, { a: { density: 0.4 }, b: { density: 0.7, weight: 2 } });
  const close = await whole(viewerOf(made), made, 'w');
  expect(close.tiling).toEqual({
    rows: 37,
    columns: 29,
    height: 1,
    width: 1,
    down: 37,
    across: 29,
  });
  const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
  const { mass, opposed, shared, conflicts } = close.tiles;
  expect(sum(opposed) / sum(mass)).toBeCloseTo(close.stats.cancellation!, 5);
  expect(sum(conflicts) / sum(shared)).toBeCloseTo(close.stats.conflictRate!, 6);
  expect(close.stats.models.map(({ left }) => left)).toEqual([
    Math.trunc(0.4 * 1073) / 1073,
    Math.trunc(0.7 * 1073) / 1073,
  ]);
});

test('a patch of a matrix that is taken apart tells what the models want, and not what the merge makes of it', async () => {
  const made = await merged({ method: 'iso_c' });
  const square = { row: 3, column: 5, side: 4 };
  const patch = (await viewerOf(made).patch(made.order, 'w', square, signal))!;
  expect(patch.merged).toBe(null);
  expect([...patch.values[1].left]).toEqual([...patch.values[1].change]);
  expect((await whole(viewerOf(made), made, 'w')).stats.cancellation).toBeGreaterThan(0.1);
});

test('a patch holds what the merge writes, element by element, for every method', async () => {
  for (const method of ['ties', 'dare_ties', 'dare_linear', 'task_arithmetic', 'magnitude_prune']) {
    const made = await merged({ method }, { a: { weight: 0.5 }, b: { weight: -1.5 } });
    const options = made.options();
    await run(made.plan, options);
    const bytes = writtenTensor(made.plan, options.sink, 'w');
    const written = new Float32Array(bytes.slice().buffer);
    const square = { row: 30, column: 20, side: 16 };
    const patch = (await viewerOf(made).patch(made.order, 'w', square, signal))!;
    expect([patch.down, patch.across]).toEqual([7, 9]);
    for (let r = 0; r < patch.down; r++) {
      for (let c = 0; c < patch.across; c++) {
        expect(patch.merged![r * 9 + c]).toBe(written[(30 + r) * 29 + 20 + c]);
      }
    }
    expect([...patch.isMerged]).toEqual(Array(63).fill(1));
  }
});

test('what is left of a patch is the change or nothing, as the trim decides', async () => {
  const made = await merged({}, { a: { density: 0.25 } });
  const square = { row: 0, column: 0, side: 16 };
  const { values } = (await viewerOf(made).patch(made.order, 'w', square, signal))!;
  const [a] = values;
  const kept = a.left.filter((value) => value !== 0);
  const least = Math.min(...kept.map(Math.abs));
  for (const [i, change] of a.change.entries()) {
    if (a.left[i] === 0) expect(Math.abs(change)).toBeLessThanOrEqual(least);
    else expect(a.left[i]).toBe(change);
  }
  expect(kept.length).toBeGreaterThan(30);
});

test('pooled tiles of a larger tensor hold the sums of their elements', async () => {
  const size = [600, 7];
  const large = {
    base: { w: f32(size, [0]) },
    a: { w: f32(size, numbers(4200)) },
    b: { w: f32(size, numbers(4200)) },
  };
  const made = await mergeRun({ models: large, recipe: { method: 'task_arithmetic' } });
  const close = await whole(viewerOf(made), made, 'w');
  expect([close.tiling.height, close.tiling.width, close.tiling.down]).toEqual([2, 1, 300]);
  const square = { row: 16, column: 0, side: 16 };
  const { values } = (await viewerOf(made).patch(made.order, 'w', square, signal))!;
  for (let tile = 0; tile < 8; tile++) {
    for (let column = 0; column < 7; column++) {
      const pair = [2 * tile, 2 * tile + 1].map((row) => row * 7 + column);
      const both = pair.map((i) => [values[0].left[i], values[1].left[i]]);
      const mass = both.reduce((sum, [x, y]) => sum + Math.abs(x) + Math.abs(y), 0);
      const fights = both.filter(([x, y]) => x * y < 0);
      const at = (8 + tile) * 7 + column;
      expect(close.tiles.mass[at]).toBeCloseTo(mass, 5);
      expect(close.tiles.conflicts[at]).toBe(fights.length);
      const worst = fights.map(([x, y]) => {
        const [small, big] = [Math.abs(x), Math.abs(y)].toSorted((p, q) => p - q);
        return (2 * small) / (small + big);
      });
      expect(close.tiles.most[at]).toBeCloseTo(Math.max(0, ...worst), 5);
    }
  }
});

test('a method without a base is looked at as task vectors, where there is one', async () => {
  const made = await mergeRun({ models, recipe: { method: 'linear' } });
  const { order, library } = made;
  let asked = '';
  const viewer = new Viewer(library, ({ recipe }) => {
    asked = recipe.method;
    return null;
  });
  expect(await viewer.conflicts(order, true, signal)).toBe(null);
  expect(asked).toBe('task_arithmetic');
});

/** Both plans of a recipe, as an engine makes them. */
const plannerOf = ({ library, order }: MergeRun) => {
  const of = (recipe: Recipe) => {
    const planned = plan({ ...order, recipe, models: library.models() });
    return 'plan' in planned ? planned.plan : null;
  };
  const known = new Map<Recipe['method'], Plan | null>();
  return new Viewer(library, ({ recipe }) => {
    const found = known.has(recipe.method) ? known.get(recipe.method)! : of(recipe);
    known.set(recipe.method, found);
    return found;
  });
};

test('of a merge without a base only what it merges is looked at', async () => {
  const one = f32([4], [1, 2, 3, 4]);
  const all = {
    base: { w: one, left: one },
    a: { w: f32([4], [2, 2, 2, 2]) },
    b: { w: one, left: f32([4], [9, 9, 9, 9]) },
    c: { w: one, left: f32([4], [-9, -9, -9, -9]) },
  };
  const made = await mergeRun({ models: all, recipe: { method: 'linear' } });
  // The first model has no `left`: the output has none.
  expect(made.plan.jobs.map(({ tensor }) => tensor)).toEqual(['w']);
  const viewer = plannerOf(made);
  const map = (await viewer.conflicts(made.order, true, signal)) as ConflictMap;
  expect([map.elements, map.tensorsMerged, map.whole.conflictRate]).toEqual([4, 1, null]);
  expect(await viewer.tensor(made.order, 'left', true, signal)).toBe(null);
});

test('a recipe that cannot be merged is not looked at, though its task vectors could be', async () => {
  const made = await mergeRun({ models, recipe: { method: 'linear' } });
  const recipe = {
    ...made.order.recipe,
    values: { normalize: true },
    experts: made.order.recipe.experts.map(({ model }, k) => ({
      model,
      values: { weight: k === 0 ? 1 : -1 },
    })),
  };
  expect(await plannerOf(made).conflicts({ ...made.order, recipe }, true, signal)).toBe(null);
});

test('a patch rounds as the merge does: steps in f32, the result in the dtype of the tensors', async () => {
  const own = {
    base: { w: bf16([1, 8], numbers(8)) },
    a: { w: bf16([1, 8], numbers(8)) },
    b: { w: bf16([1, 8], numbers(8)) },
  };
  const made = await mergeRun({
    models: own,
    recipe: {
      method: 'task_arithmetic',
      arithmetic: { work: 'result' },
      output: { ...emptyRecipe().output, dtype: 'F32' },
    },
    values: { a: { weight: 0.3 }, b: { weight: 0.3 } },
  });
  const options = made.options();
  await run(made.plan, options);
  const written = new Float32Array(writtenTensor(made.plan, options.sink, 'w').slice().buffer);
  const square = { row: 0, column: 0, side: 8 };
  const { merged: shown } = (await viewerOf(made).patch(made.order, 'w', square, signal))!;
  expect([...shown!]).toEqual([...written]);
});

test('one trim threshold for the model goes by task vectors as the merge rounds them', async () => {
  const size = [40, 40];
  const own = {
    base: { w: bf16(size, numbers(1600)) },
    a: { w: bf16(size, numbers(1600)) },
    b: { w: bf16(size, numbers(1600)) },
  };
  const made = await mergeRun({
    models: own,
    recipe: { method: 'ties', dialect: 'mergekit', trimScope: 'model' },
    values: { a: { density: 0.5 }, b: { density: 0.9 } },
  });
  const options = made.options();
  await run(made.plan, options);
  const written = decode(writtenTensor(made.plan, options.sink, 'w'), 'BF16');
  const square = { row: 0, column: 0, side: 40 };
  const { merged: shown } = (await viewerOf(made).patch(made.order, 'w', square, signal))!;
  expect([...shown!]).toEqual(written);
});

test('a tensor that is only copied has nothing in it, one that is not there is null', async () => {
  const made = await merged();
  const viewer = viewerOf(made);
  const close = await whole(viewer, made, 'only.base');
  expect([close.stats.cancellation, close.stats.overlap]).toEqual([null, null]);
  expect(await viewer.tensor(made.order, 'nowhere', true, signal)).toBe(null);
});

test('there are no elements beyond the last row or column', async () => {
  const made = await merged();
  const viewer = viewerOf(made);
  const { tiling } = await whole(viewer, made, 'w');
  const at = (row: number, column: number) =>
    viewer.patch(made.order, 'w', { row, column, side: 4 }, signal);
  expect(await at(tiling.rows, 0)).toBe(null);
  expect(await at(0, tiling.columns + 5)).toBe(null);
  const corner = await at(tiling.rows - 1, tiling.columns - 1);
  expect(corner).toMatchObject({ down: 1, across: 1 });
});

test('a look that is cancelled is measured again when it is asked for again', async () => {
  const made = await merged();
  const viewer = viewerOf(made);
  await expect(viewer.tensor(made.order, 'w', true, AbortSignal.abort())).rejects.toThrow();
  expect((await whole(viewer, made, 'w')).stats.overlap).toBeGreaterThan(0);
});

test('what lies far away is told in bytes, and fetched only when that is agreed to', async () => {
  let read = 0;
  const made = await mergeRun({
    models,
    recipe: { method: 'ties' },
    wrap: (source) => ({
      ...source,
      ahead: 2 ** 20,
      isRemote: true as const,
      read(...range: Parameters<Source['read']>) {
        read += 1;
        return source.read(...range);
      },
    }),
  });
  const viewer = viewerOf(made);
  const opened = read;
  // Two planes in F32 and one in BF16, 1,073 elements each.
  const all = 1073 * (4 + 4 + 2);
  expect(await viewer.conflicts(made.order, false, signal)).toEqual({ toFetch: all });
  expect(await viewer.tensor(made.order, 'w', false, signal)).toEqual({ toFetch: all });
  expect(read).toBe(opened);
  const map = await viewer.conflicts(made.order, true, signal);
  expect(map).toHaveProperty('sampled', 1073);
  // What was fetched once is not asked for again.
  expect(await viewer.conflicts(made.order, false, signal)).toEqual(map);
});

test('who cancels a look fails nobody who waits for the same samples and measures', async () => {
  let isHeld = false;
  let letGo = () => {};
  let gate = Promise.resolve();
  let aborted = 0;
  const made = await mergeRun({
    models,
    recipe: { method: 'ties' },
    wrap: (source) => ({
      ...source,
      async read(...range: Parameters<Source['read']>) {
        const [, , until] = range;
        if (isHeld) {
          await new Promise<void>((resolve, reject) => {
            const stop = () => {
              aborted += 1;
              reject(until?.reason);
            };
            until?.addEventListener('abort', stop);
            gate.then(() => {
              until?.removeEventListener('abort', stop);
              resolve();
            });
          });
        }
        return source.read(...range);
      },
    }),
  });
  const viewer = viewerOf(made);
  const square = { row: 0, column: 0, side: 4 };
  for (const look of [
    (until: AbortSignal) => viewer.conflicts(made.order, true, until),
    (until: AbortSignal) => viewer.patch(made.order, 'w', square, until),
  ]) {
    isHeld = true;
    gate = new Promise((resolve) => {
      letGo = resolve;
    });
    const first = new AbortController();
    const one = look(first.signal);
    const two = look(signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    first.abort();
    await expect(one).rejects.toMatchObject({ name: 'AbortError' });
    expect(aborted).toBe(0);
    letGo();
    expect(await two).not.toBe(null);
    isHeld = false;
  }
});

test('a look that everybody left reads no more, and can be begun anew at once', async () => {
  let reads = 0;
  let until: AbortSignal | undefined;
  const made = await mergeRun({
    models,
    recipe: { method: 'ties' },
    wrap: (source) => ({
      ...source,
      async read(...range: Parameters<Source['read']>) {
        reads += 1;
        until = range[2];
        await new Promise((resolve) => setTimeout(resolve, 20));
        range[2]?.throwIfAborted();
        return source.read(...range);
      },
    }),
  });
  const viewer = viewerOf(made);
  reads = 0;
  const first = new AbortController();
  const one = viewer.conflicts(made.order, true, first.signal);
  await new Promise((resolve) => setTimeout(resolve));
  expect(reads).toBe(3);
  first.abort();
  expect(until!.aborted).toBe(true);
  const two = viewer.conflicts(made.order, true, signal);
  await expect(one).rejects.toMatchObject({ name: 'AbortError' });
  expect(await two).toHaveProperty('sampled', 1073);
  expect(reads).toBe(6);
});

test('what lies beside the page, as the demo does, is looked at without a question', async () => {
  const wrap = (source: Source): Source => ({ ...source, ahead: 2 ** 20 });
  const made = await mergeRun({ models, recipe: { method: 'ties' }, wrap });
  expect(await viewerOf(made).conflicts(made.order, false, signal)).toHaveProperty('sampled', 1073);
});
