import { describe, expect, test, vi } from 'vitest';
import { plan } from '../../plan/plan.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { mergeRun } from '../../testing/merge-run.ts';
import { f32 } from '../../testing/model-file.ts';
import { randomNumbers } from '../../testing/samples.ts';
import type { Cell, ConflictMap } from '../../views/conflict-map.ts';
import { Samples } from './sample.ts';
import { scan } from './scan.ts';

const names = ['attn.q_proj', 'mlp.up_proj'];
const layers = 4;

type Plant = (layer: number, role: string, sign: number) => number;

/** `ours` and `theirs` on `base`, of 4 layers and 2 roles; `agree` gives the share of elements with equal signs. */
function fight(agree: Plant, size: number) {
  const random = randomNumbers(17);
  const base: Record<string, ReturnType<typeof f32>> = {};
  const ours: typeof base = {};
  const theirs: typeof base = {};
  for (let layer = 0; layer < layers; layer++) {
    for (const role of names) {
      const name = `model.layers.${layer}.${role}.weight`;
      const b = Array.from({ length: size }, () => random() - 0.5);
      const a = Array.from({ length: size }, () => random() - 0.5);
      const share = agree(layer, role, 1);
      const c = a.map((value) => (random() < share ? value : -value) * (0.5 + random()));
      const plus = (change: number[]) => b.map((value, i) => value + change[i]);
      base[name] = f32([size], b);
      ours[name] = f32([size], plus(a));
      theirs[name] = f32([size], plus(c));
    }
  }
  return { base, ours, theirs };
}

async function looked(
  models: Awaited<ReturnType<typeof fight>>,
  recipe: Partial<Recipe> = {},
  values: Readonly<Record<string, Recipe['values']>> = {},
): Promise<(isCoarse: boolean) => Promise<ConflictMap>> {
  const made = await mergeRun({ models, recipe: { method: 'ties', ...recipe }, values });
  const tools = {
    sources: made.library,
    samples: new Samples(2 ** 26),
    budget: 2 ** 26,
    signal: new AbortController().signal,
  };
  return (isCoarse) => scan(made.plan, ['ours', 'theirs'], { ...tools, isCoarse });
}

async function scanned(...fought: Parameters<typeof looked>): Promise<ConflictMap> {
  return (await looked(...fought))(false);
}

const cellAt = (map: ConflictMap, layer: number, role: string): Cell =>
  map.cells.find((cell) => map.rows[cell.row] === `${layer}` && map.columns[cell.column] === role)!;

describe('two models that fight in the MLP of layer 2', () => {
  const planted = fight((layer, role) => (layer === 2 && role === 'mlp.up_proj' ? 0.1 : 0.9), 3000);
  const whole = { density: 1 };

  test('the view finds it, and the rate is that of the plant', async () => {
    const map = await scanned(planted, {}, { ours: whole, theirs: whole });
    const [worst] = map.cells.toSorted((a, b) => b.stats.cancellation! - a.stats.cancellation!);
    expect(worst).toBe(cellAt(map, 2, 'mlp.up_proj'));
    expect(worst.stats.conflictRate).toBeCloseTo(0.9, 1);
    expect(cellAt(map, 1, 'attn.q_proj').stats.conflictRate).toBeCloseTo(0.1, 1);
    expect(map.rows).toEqual(['0', '1', '2', '3']);
    expect([map.elements, map.sampled]).toEqual([24_000, 24_000]);
    expect(worst.stats.errors).toEqual({ cancellation: 0, conflictRate: 0 });
  });

  test('rows and columns say where, too', async () => {
    const map = await scanned(planted, {}, { ours: whole, theirs: whole });
    const rates = map.byRow.map(({ conflictRate }) => conflictRate!);
    expect(rates.indexOf(Math.max(...rates))).toBe(2);
    expect(map.byColumn[1].conflictRate).toBeGreaterThan(map.byColumn[0].conflictRate!);
    expect(map.cosines[1]).toBeGreaterThan(0.3);
    expect(map.opposite[1]).toBeCloseTo(map.whole.conflictRate!, 12);
  });

  test('a trim leaves as much as its density says, and fewer elements are shared', async () => {
    const map = await scanned(planted, {}, { ours: { density: 0.2 }, theirs: { density: 0.5 } });
    const [ours, theirs] = map.whole.models;
    expect(ours.left).toBeCloseTo(0.2, 3);
    expect(theirs.left).toBeCloseTo(0.5, 3);
    expect(map.whole.overlap).toBeLessThan(0.21);
  });

  test('one threshold over the whole model leaves the share over the whole model', async () => {
    const louder = {
      ...planted,
      ours: {
        ...planted.ours,
        'model.layers.0.attn.q_proj.weight': f32([3000], [9]),
      },
    };
    const values = { ours: { density: 0.25 }, theirs: { density: 0.25 } };
    const map = await scanned(louder, { trimScope: 'model' }, values);
    expect(map.whole.models[0].left).toBeCloseTo(0.25, 3);
    expect(cellAt(map, 0, 'attn.q_proj').stats.models[0].left).toBeGreaterThan(0.9);
    expect(cellAt(map, 3, 'attn.q_proj').stats.models[0].left).toBeLessThan(0.2);
  });

  test('DARE leaves its share, at random', async () => {
    const values = { ours: { density: 0.3 }, theirs: { density: 0.3 } };
    const map = await scanned(planted, { method: 'dare_linear' }, values);
    expect(map.whole.models[0].left).toBeCloseTo(0.3, 1);
    expect(map.whole.overlap).toBeCloseTo(0.09, 1);
  });

  test('a weight of 0 leaves one model alone, a negative one turns the fight', async () => {
    const alone = await scanned(planted, { method: 'task_arithmetic' }, { theirs: { weight: 0 } });
    expect(alone.cells.map(({ state }) => state)).toEqual(Array(8).fill('alone'));
    const turned = await scanned(
      planted,
      { method: 'task_arithmetic' },
      { theirs: { weight: -1 } },
    );
    expect(cellAt(turned, 2, 'mlp.up_proj').stats.conflictRate).toBeCloseTo(0.1, 1);
  });

  test('experts that equal the base touch nothing', async () => {
    const { base } = planted;
    const map = await scanned({ base, ours: base, theirs: base });
    expect(new Set(map.cells.map(({ state }) => state))).toEqual(new Set(['untouched']));
    expect(map.whole.cancellation).toBe(null);
  });
});

test('another density needs no other order of the samples', async () => {
  const models = fight(() => 0.5, 200);
  const made = await mergeRun({ models, recipe: { method: 'ties', trimScope: 'model' } });
  const signal = new AbortController().signal;
  const tools = {
    ...{ sources: made.library, samples: new Samples(2 ** 26), budget: 2 ** 26 },
    signal,
  };
  const looked = async (density: number) => {
    const experts = made.order.recipe.experts.map(({ model }) => ({ model, values: { density } }));
    const recipe = { ...made.order.recipe, experts };
    const planned = plan({ ...made.order, recipe, models: made.library.models() });
    if (!('plan' in planned)) throw new Error('there is no plan');
    const sort = vi.spyOn(Uint32Array.prototype, 'sort');
    const map = await scan(planned.plan, ['ours', 'theirs'], tools);
    const sorts = sort.mock.calls.length;
    sort.mockRestore();
    return [map.whole.models[0].left!, sorts] as const;
  };
  const [half, sorts] = await looked(0.5);
  expect(half).toBeCloseTo(0.5, 3);
  expect(sorts).toBe(2 * 8);
  const [tenth, more] = await looked(0.1);
  expect(tenth).toBeCloseTo(0.1, 3);
  expect(more).toBe(0);
});

test('of large tensors a sample is looked at, and the truth lies within its error', async () => {
  const size = 300_000;
  const agree = (layer: number) => [0.9, 0.7, 0.5, 0.3][layer];
  const look = await looked(fight(agree, size), { method: 'task_arithmetic' });
  const map = await look(false);
  expect(map.elements).toBeCloseTo(8 * size, 6);
  // Three planes share four million values.
  expect(map.sampled).toBe(8 * 16 * Math.floor(2 ** 22 / 24 / 16));
  for (const cell of map.cells) {
    const { conflictRate, errors } = cell.stats;
    const error = errors.conflictRate!;
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(0.003);
    expect(Math.abs(conflictRate! - (1 - agree(cell.row)))).toBeLessThan(5 * error);
  }

  // A quarter of the runs, none of it read again; less sure, and told so.
  const coarse = await look(true);
  expect([map.isCoarse, coarse.isCoarse]).toEqual([false, true]);
  expect(coarse.sampled).toBe(map.sampled / 4);
  expect(coarse.elements).toBeCloseTo(map.elements, 6);
  const [rate, coarseRate] = [map, coarse].map(({ whole }) => whole.conflictRate!);
  const [error, coarseError] = [map, coarse].map(({ whole }) => whole.errors.conflictRate!);
  expect(coarseError).toBeGreaterThan(error);
  expect(Math.abs(coarseRate - rate)).toBeGreaterThan(0);
  expect(Math.abs(coarseRate - rate)).toBeLessThan(5 * coarseError);
  expect((await look(false)).whole).toEqual(map.whole);
}, 120_000);

test('of small tensors nothing is left out while something is dragged', async () => {
  const look = await looked(fight(() => 0.7, 50));
  const [exact, coarse] = [await look(false), await look(true)];
  expect(coarse).toEqual(exact);
});
