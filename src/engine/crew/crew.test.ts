import { expect, test, vi } from 'vitest';
import { programs } from '../../compute/cpu/programs.ts';
import { type Behaviour, FakeAuditWorker, FakeKernelWorker } from '../../testing/fake-workers.ts';
import { memorySink } from '../../testing/memory-sink.ts';
import { failingSource } from '../../testing/memory-source.ts';
import { mergeRun } from '../../testing/merge-run.ts';
import { bf16, f32, i64 } from '../../testing/model-file.ts';
import { workerAuditor } from '../check/auditor.ts';
import { crewRun } from '../run/crew-maker.ts';
import { run } from '../run/run.ts';
import type { Piece } from '../tensor/make.ts';
import { stretchesOf } from '../tensor/stretch.ts';
import { measuringBytes, thresholds } from '../tensor/whole-model.ts';
import { Crew } from './crew.ts';

// Compiling takes a while on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const wave = (seed: number, length: number) =>
  Array.from({ length }, (_, i) => ((i * seed) % 61) / 8 - 3);
const tensors = (seed: number) => ({
  ...{ w: bf16([100, 200], wave(seed, 20_000)), steps: i64([2], [7, 8]) },
  ...{ v: bf16([40, 25], wave(seed + 2, 1000)), u: f32([3], wave(seed, 3)), none: f32([0], []) },
});
const models = { base: tensors(3), a: tensors(7), b: tensors(13), c: tensors(19) };
const ties = { method: 'ties', values: {} } as const;

function crewOf(size: number, behaviours: readonly Behaviour[] = ['works']) {
  const workers: FakeKernelWorker[] = [];
  const spawn = () => {
    const worker = new FakeKernelWorker(behaviours[workers.length % behaviours.length]);
    workers.push(worker);
    return worker;
  };
  return { crew: new Crew(size, spawn, programs), workers };
}

const auditor = () => workerAuditor(() => new FakeAuditWorker());

test.each([
  [1, 2 ** 30],
  [3, 2 ** 30],
  [1, 400_000],
  [2, 100_000],
])('%i kernel workers within %i bytes write what this thread writes', async (size, budget) => {
  const inline = await mergeRun({ models, recipe: ties });
  const alone = inline.options();
  const wanted = await run(inline.plan, alone);
  const { plan, options } = await mergeRun({ models, recipe: ties });
  const { crew, workers } = crewOf(size);
  const shared = options({ crew, auditor: auditor(), budget });
  const got = await run(plan, shared);
  expect(shared.sink.files).toEqual(alone.sink.files);
  expect(got.tensors).toEqual(wanted.tensors);
  expect(got.verify).toEqual(wanted.verify);
  expect(workers.length).toBeGreaterThan(0);
  expect(workers.length).toBeLessThanOrEqual(size);
});

test('a threshold over the whole model is measured in kernel workers as it is here', async () => {
  const recipe = { ...ties, trimScope: 'model' } as const;
  const inline = await mergeRun({ models, recipe });
  const alone = inline.options();
  await run(inline.plan, alone);
  const { plan, options, progress } = await mergeRun({ models, recipe });
  const shared = options({ crew: crewOf(2).crew });
  await run(plan, shared);
  expect(shared.sink.files).toEqual(alone.sink.files);
  expect(progress.some(({ phase }) => phase === 'measuring')).toBe(true);
});

test('what a measure has seen is told, in bytes of one pass', async () => {
  const { plan, options } = await mergeRun({
    models,
    recipe: { ...ties, trimScope: 'model' },
    values: { a: { density: 0.5 } },
  });
  const { crew } = crewOf(2);
  const { sources, budget, signal } = options();
  const its = crewRun(plan, crew, { sources, budget, signal });
  const wanted = thresholds(plan, plan.wholeModelCounts!);
  let seen = 0;
  const listening = {
    seen: (bytes: number) => {
      seen += bytes;
    },
  };
  for (const one of wanted) {
    if ('measure' in one) await crew.do(its, { kind: 'measure', ...one }, signal, listening);
  }
  // Of each expert and the base: w, v and u.
  expect(measuringBytes(wanted)).toBe(wanted.length * 2 * (40_000 + 2000 + 12));
  expect(seen).toBeCloseTo(measuringBytes(wanted));
});

test('a stretch is done once all of it is written', async () => {
  const { plan, options } = await mergeRun({ models, recipe: ties });
  const { crew } = crewOf(1);
  const { sources, budget, signal } = options();
  const its = crewRun(plan, crew, { sources, budget, signal });
  const [stretch] = stretchesOf(plan, budget);
  const craft = { method: plan.method, arithmetic: plan.arithmetic, magnitudes: null };
  let written = 0;
  const take = async ({ bytes }: Piece) => {
    const { length } = bytes;
    await new Promise((resolve) => setTimeout(resolve, 100));
    written += length;
  };
  await crew.do(its, { kind: 'stretch', craft, stretch }, signal, { take });
  expect(written).toBe(stretch.byteLength);
});

test('workers are kept for the next run', async () => {
  const { crew, workers } = crewOf(2);
  for (const _ of [1, 2]) {
    const { plan, options } = await mergeRun({ models, recipe: ties });
    await run(plan, options({ crew, budget: 100_000 }));
  }
  expect(workers.length).toBeLessThanOrEqual(2);
  expect(workers.some(({ terminated }) => terminated)).toBe(false);
});

test('a worker that crashes ends the run with a tensor’s name, and the next run has another', async () => {
  const { crew, workers } = crewOf(1, ['crashes', 'works']);
  const { plan, options } = await mergeRun({ models, recipe: ties });
  const broken = options({ crew });
  await expect(run(plan, broken)).rejects.toMatchObject({
    tag: 'kernel-worker',
    message: expect.stringContaining('out of memory'),
    context: { tensor: plan.jobs[0].tensor },
  });
  expect(broken.sink.state()).toBe('aborted');
  const again = options({ crew });
  expect((await run(plan, again)).verify.ok).toBe(true);
  expect(workers.length).toBe(2);
});

test('a cancel ends workers that would never answer', async () => {
  const stop = new AbortController();
  const { crew, workers } = crewOf(2, ['hangs']);
  const { plan, options } = await mergeRun({ models, recipe: ties });
  const all = options({ crew, signal: stop.signal });
  const running = run(plan, all);
  setTimeout(() => stop.abort(), 50);
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  expect(workers.every(({ terminated }) => terminated)).toBe(true);
  expect(all.sink.state()).toBe('aborted');
});

test('a read that breaks in a worker names the tensor and the file, as it does here', async () => {
  const { plan, options } = await mergeRun({ models, recipe: ties });
  const whole = options({ crew: crewOf(1).crew });
  const broken = failingSource(whole.sources.weights('b', 0), 30_000);
  const weights = (model: string, file: number) =>
    model === 'b' ? broken : whole.sources.weights(model, file);
  const sources = { ...whole.sources, weights, companion: () => broken };
  await expect(run(plan, { ...whole, sources })).rejects.toMatchObject({
    tag: 'disk',
    context: { step: 'read', tensor: 'w', file: 'model.safetensors' },
  });
});

test('a full disk names the tensors and loses nothing', async () => {
  const { plan, options } = await mergeRun({ models, recipe: ties });
  const sink = memorySink({ failAt: 2000 });
  await expect(run(plan, options({ crew: crewOf(2).crew, sink }))).rejects.toMatchObject({
    tag: 'quota',
    context: { step: 'write' },
  });
  expect(sink.state()).toBe('aborted');
});
