import { beforeAll, expect, test, vi } from 'vitest';
import { DeviceLostError } from '../../compute/backend.ts';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { CpuProcessor } from '../../evaluate/forward/cpu.ts';
import { cannotRun } from '../../evaluate/runner.ts';
import { plan } from '../../plan/plan.ts';
import { soloOf } from '../../recipe/solo.ts';
import { demoLibrary, demoTask } from '../../testing/demo-library.ts';
import { recipeOf } from '../../testing/planning.ts';
import type { PlanOrder, ScoreOrder } from '../protocol.ts';
import { Evaluator } from './evaluator.ts';
import { Processors } from './processors.ts';

const signal = new AbortController().signal;
const quiet = () => {};
const sort = demoTask('sort');
const how: ScoreOrder = {
  ...{ task: sort, part: 'all', most: 24, what: 'score and loss', fetches: false, backend: 'cpu' },
};

let demo: Awaited<ReturnType<typeof demoLibrary>>;
beforeAll(async () => {
  demo = await demoLibrary(['base', 'sort', 'reverse', 'sort-lora']);
});

function evaluatorOf(processors?: Processors) {
  const planned = vi.fn(async (order: PlanOrder) => {
    const made = plan({ ...order, models: demo.library.models() });
    if ('plan' in made) return made.plan;
    throw new Error(made.findings[0].message);
  });
  const evaluator = new Evaluator(
    demo.library,
    {
      plan: planned,
      acquire: async (budget) => ({
        ...{ backend: definitionBackend(), budget, release: quiet },
        fallback: { renew: async () => null, cpu: definitionBackend },
      }),
    },
    processors,
  );
  return { evaluator, planned };
}

const orderOf = (recipe: PlanOrder['recipe']): PlanOrder => ({
  ...{ recipe, recipeHash: '0'.repeat(64), producer: { version: '0', backend: 'cpu' } },
});
const recipe = () => {
  const { base, sort: sorter, reverse } = demo.models;
  return recipeOf(base, [sorter, reverse]);
};

async function meanOf(evaluator: Evaluator, subject: Parameters<Evaluator['score']>[0], of = how) {
  const score = await evaluator.score(subject, of, signal, quiet);
  return 'toFetch' in score ? score : score.mean;
}

test('scores open models, an adapter on its base, and what a recipe would make', async () => {
  const { evaluator, planned } = evaluatorOf();
  const { models } = demo;
  expect(await meanOf(evaluator, { kind: 'model', model: 'sort' })).toBe(1);
  expect(await meanOf(evaluator, { kind: 'model', model: 'base' })).toBeLessThan(0.2);
  const alone = soloOf(recipeOf(models['base'], [models['sort-lora']]), 'sort-lora');
  expect(await meanOf(evaluator, { kind: 'recipe', order: orderOf(alone) })).toBe(1);
  const none = { ...recipe(), values: { lambda: 0 } };
  const merge = { kind: 'recipe', order: orderOf(none) } as const;
  const base = await evaluator.score({ kind: 'model', model: 'base' }, how, signal, quiet);
  expect(await evaluator.score(merge, how, signal, quiet)).toEqual(base);
  // It is ready to run: neither planned nor merged again.
  const asked = planned.mock.calls.length;
  await evaluator.score(merge, { ...how, what: 'loss' }, signal, quiet);
  expect(planned).toHaveBeenCalledTimes(asked);
});

test('tells how many items were asked, and why a recipe cannot be merged', async () => {
  const { evaluator } = evaluatorOf();
  const told: number[] = [];
  await evaluator.score({ kind: 'model', model: 'sort' }, how, signal, (done, total) => {
    expect(total).toBe(24);
    told.push(done);
  });
  expect(told.at(-1)).toBe(24);
  const without = { ...recipe(), base: null };
  const failed = meanOf(evaluator, { kind: 'recipe', order: orderOf(without) });
  await expect(failed).rejects.toThrow('base');
  await expect(failed).rejects.toSatisfy(cannotRun);
});

test('a task that fails does not say that the model cannot be run', async () => {
  const { evaluator } = evaluatorOf();
  const subject = { kind: 'model', model: 'sort' } as const;
  const empty = { ...sort, split: { ...sort.split, share: 1 } };
  const failed = evaluator.score(subject, { ...how, task: empty, part: 'held-out' }, signal, quiet);
  await expect(failed).rejects.toThrow('has no items');
  await expect(failed).rejects.not.toSatisfy(cannotRun);
  expect(await evaluator.score(subject, how, signal, quiet)).toMatchObject({ backend: 'cpu' });
});

test('one that was cancelled leaves the next one alone', async () => {
  const { evaluator } = evaluatorOf();
  const over = new AbortController();
  const subject = { kind: 'model', model: 'reverse' } as const;
  const ended = evaluator.score(subject, how, over.signal, quiet);
  const next = evaluator.score(subject, how, signal, quiet);
  over.abort();
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  expect(await next).toMatchObject({ task: 'demo/sort' });
});

test('many candidates take turns in few memories: a page gets about a hundred', async () => {
  const processors = new Processors();
  const next = vi.spyOn(processors, 'next');
  const { evaluator } = evaluatorOf(processors);
  const losses: unknown[] = [];
  for (let i = 0; i < 12; i++) {
    const order = orderOf({ ...recipe(), values: { lambda: i / 12 } });
    const one = { ...how, most: 1, what: 'loss' } as const;
    const score = await evaluator.score({ kind: 'recipe', order }, one, signal, quiet);
    losses.push('toFetch' in score ? null : score.loss);
  }
  expect(new Set(losses).size).toBe(12);
  const used = await Promise.all(next.mock.results.map(({ value }) => value));
  expect(used).toHaveLength(12);
  expect(new Set(used).size).toBe(4);
});

test('gives the memory of a model back whose loading is cut short', async () => {
  const over = new AbortController();
  const processor = new CpuProcessor();
  vi.spyOn(processor, 'take').mockImplementationOnce((words) => {
    over.abort();
    return processor.take(words);
  });
  const processors = new Processors();
  vi.spyOn(processors, 'next').mockResolvedValue(processor);
  const giveBack = vi.spyOn(processors, 'giveBack');
  const { evaluator } = evaluatorOf(processors);
  const ended = evaluator.score({ kind: 'model', model: 'sort' }, how, over.signal, quiet);
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
  expect(giveBack.mock.calls).toEqual([[processor]]);
});

test('keeps the graphics processor where a task has no items: the CPU has none either', async () => {
  const processors = new Processors();
  const giveUp = vi.spyOn(processors, 'giveUpGpu');
  const { evaluator } = evaluatorOf(processors);
  const empty = { ...sort, split: { ...sort.split, share: 1 } };
  const asked = { ...how, task: empty, part: 'held-out' } as const;
  const failed = evaluator.score({ kind: 'model', model: 'sort' }, asked, signal, quiet);
  await expect(failed).rejects.toThrow('has no items');
  expect(giveUp).not.toHaveBeenCalled();
});

test('goes on with the CPU when the graphics processor is lost', async () => {
  const destroy = vi.fn();
  const features = {
    limits: { maxStorageBufferBindingSize: 2 ** 27 },
    lost: new Promise(() => {}),
  };
  const lose = () => {
    throw new DeviceLostError('gone');
  };
  const device = { ...features, destroy, createBuffer: lose } as unknown as GPUDevice;
  vi.stubGlobal('GPUBufferUsage', { STORAGE: 128 });
  const found = { kind: 'hardware', adapterLabel: 'none', limits: null, reason: '' } as const;
  const { evaluator } = evaluatorOf(new Processors(async () => ({ ...found, device })));
  const subject = { kind: 'model', model: 'sort' } as const;
  expect(await meanOf(evaluator, subject, { ...how, backend: 'auto' })).toBe(1);
  await vi.waitFor(() => expect(destroy).toHaveBeenCalledTimes(1));
  vi.unstubAllGlobals();
});
