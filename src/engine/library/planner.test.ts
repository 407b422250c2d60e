import { beforeEach, expect, test } from 'vitest';
import { emptyRecipe } from '../../recipe/defaults.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { memorySource } from '../../testing/memory-source.ts';
import { refTo } from '../../testing/model.ts';
import { f32, modelFile } from '../../testing/model-file.ts';
import type { PlanOrder } from '../protocol.ts';
import { Library } from './library.ts';
import { Planner } from './planner.ts';

let library: Library;
let planner: Planner;
let order: PlanOrder;

const open = (id: string, names: readonly string[]) => {
  const file = modelFile(Object.fromEntries(names.map((name) => [name, f32([2])])));
  return library.open(id, id, [memorySource('model.safetensors', file)]);
};

beforeEach(async () => {
  library = new Library();
  planner = new Planner(library);
  const models = [await open('a', ['v', 'w']), await open('b', ['v', 'w'])];
  const experts = models.map((model) => ({ model: refTo(model), values: {} }));
  const recipe: Recipe = { ...emptyRecipe(), method: 'linear', experts };
  order = { recipe, recipeHash: '0', producer: { version: '1', backend: 'cpu' } };
});

const all = { filter: '', from: 0, to: 9 };

test('one plan serves its outlook, its rows and its run', () => {
  const prospect = planner.prospect(order);
  expect(prospect).toMatchObject({ outlook: { tensors: 2, merged: 2 } });
  expect(planner.prospect({ ...order })).toBe(prospect);
  expect(planner.rows(order, all).rows.map(({ tensor }) => tensor)).toEqual(['v', 'w']);
  expect(planner.plan(order)).toBe(planner.plan({ ...order }));
});

test('the plan before the last is still known, the one before that is made again', () => {
  const first = planner.prospect(order);
  const other = (recipeHash: string) => planner.prospect({ ...order, recipeHash });
  other('1');
  expect(planner.prospect(order)).toBe(first);
  other('2');
  other('3');
  expect(planner.prospect(order)).not.toBe(first);
  expect(planner.prospect(order)).toEqual(first);
});

test('other headers under the same name are planned anew', async () => {
  planner.prospect(order);
  await open('a', ['v', 'x']);
  await open('b', ['v', 'x']);
  expect(planner.rows(order, all).rows.map(({ tensor }) => tensor)).toEqual(['v', 'x']);
  library.close('b');
  expect(planner.prospect(order)).toMatchObject({ findings: [{ severity: 'error' }] });
  expect(planner.rows(order, all)).toEqual({ window: all, found: 0, rows: [] });
});

test('a plan to look at is kept, until other models are open', async () => {
  const seen = planner.planToSee(order);
  expect(planner.planToSee({ ...order })).toBe(seen);
  await open('a', ['v', 'w']);
  expect(planner.planToSee(order)).not.toBe(seen);
});

test('a plan for a run is not kept', () => {
  const kept = planner.prospect(order);
  for (const recipeHash of ['1', '2', '3']) planner.plan({ ...order, recipeHash });
  expect(planner.prospect(order)).toBe(kept);
});

test('the names of a finding are told in full', async () => {
  const names = Array.from({ length: 300 }, (_, i) => `layers.${i}.w`);
  const models = [await open('a', [...names, 'v']), await open('b', ['v'])];
  const experts = models.map((model) => ({ model: refTo(model), values: {} }));
  const own = { ...order, recipe: { ...order.recipe, experts } };
  const prospect = planner.prospect(own);
  const findings = 'outlook' in prospect ? prospect.outlook.findings : prospect.findings;
  const place = findings.findIndex(({ moreTensors }) => moreTensors !== undefined);
  expect([...planner.names(own, place)].sort()).toEqual(names.toSorted());
});

test('matches of an adapter: what meets nothing first, with its reason', async () => {
  const factors = (module: string, rows: number) => ({
    [`base_model.model.${module}.lora_A.weight`]: f32([2, 3]),
    [`base_model.model.${module}.lora_B.weight`]: f32([rows, 2]),
  });
  const base = await library.open('base', 'base', [
    memorySource(
      'model.safetensors',
      modelFile({ 'q.weight': f32([4, 3]), 'k.weight': f32([4, 3]) }),
    ),
  ]);
  const config = { peft_type: 'LORA', r: 2, lora_alpha: 6, target_modules: ['q', 'k'] };
  const adapter = await library.open('one', 'one', [
    memorySource('adapter_config.json', new TextEncoder().encode(JSON.stringify(config))),
    memorySource(
      'adapter_model.safetensors',
      modelFile({ ...factors('q', 4), ...factors('k', 5) }),
    ),
  ]);
  const experts = [{ model: refTo(adapter), values: {} }];
  const mine = { ...order, recipe: { ...order.recipe, base: refTo(base), experts } };
  const numbers = { type: '', rank: null, alpha: null, scale: null };
  expect(planner.matches(mine, 'one')).toEqual([
    {
      ...{ module: 'k', tensor: null, ...numbers, dtype: 'F32' },
      why: 'it is 5 × 3, k.weight 4 × 3',
    },
    {
      ...{ module: 'q', tensor: 'q.weight', type: 'LoRA', rank: 2, alpha: 6, scale: 3 },
      ...{ dtype: 'F32', why: null },
    },
  ]);
  expect(planner.matches(mine, 'base')).toEqual([]);
});
