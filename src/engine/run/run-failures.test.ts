import { describe, expect, test } from 'vitest';
import { DeviceLostError, NonFiniteError } from '../../compute/backend.ts';
import { memorySink } from '../../testing/memory-sink.ts';
import { failingSource, slowSource } from '../../testing/memory-source.ts';
import { fallbackTo, mergeRun } from '../../testing/merge-run.ts';
import { bf16 } from '../../testing/model-file.ts';
import { type Trouble, troubledBackend } from '../../testing/troubled-backend.ts';
import { JobError } from '../errors.ts';
import { run } from './run.ts';

const wave = (seed: number) => Array.from({ length: 600 }, (_, i) => ((i * seed) % 61) / 8 - 3);
const models = {
  base: { u: bf16([600], wave(3)), v: bf16([600], wave(5)), w: bf16([600], wave(19)) },
  a: { u: bf16([600], wave(7)), v: bf16([600], wave(11)), w: bf16([600], wave(23)) },
  b: { u: bf16([600], wave(13)), v: bf16([600], wave(17)), w: bf16([600], wave(29)) },
};
const recipe = { method: 'ties' } as const;

const lost = () => new DeviceLostError('the device was lost');
const nonFinite = () => new NonFiniteError('a plane holds NaN');

async function plainFiles(budget?: number) {
  const { plan, options } = await mergeRun({ models, recipe });
  const all = options(budget === undefined ? {} : { budget });
  await run(plan, all);
  return all.sink.files;
}

/** Runs on a fake GPU with troubles; gives the files, the reports and the result. */
async function troubled(troubles: readonly Trouble[], second: Trouble[] | null, budget = 2 ** 30) {
  const { plan, options, reports } = await mergeRun({ models, recipe });
  const device = second === null ? null : troubledBackend(second, 'second GPU');
  const backend = troubledBackend(troubles);
  const all = options({ backend, fallback: fallbackTo(device), budget });
  const result = await run(plan, all);
  const notes = Object.fromEntries(reports.map((report) => [report.tensor, report.notes]));
  const backends = reports.map((report) => report.backend);
  return { files: all.sink.files, notes, backends, result, backend };
}

describe('a GPU that cannot go on', () => {
  test('non-finite values: that tensor is done on the CPU, the next one on the GPU', async () => {
    const run = await troubled([{ tensor: 'v', on: 'measure', error: nonFinite }], null);
    expect(run.backends).toEqual(['webgpu', 'cpu', 'webgpu']);
    expect(run.notes['v']).toEqual(['non-finite values, done on the CPU by IEEE rules']);
    expect(run.notes['u']).toEqual([]);
    const plain = await plainFiles();
    expect(run.files.get('model.safetensors')).toEqual(plain.get('model.safetensors'));
  });

  test('lost once: the tensor and the rest are done on a new device', async () => {
    const run = await troubled([{ tensor: 'v', on: 'map', error: lost }], []);
    expect(run.backends).toEqual(['webgpu', 'webgpu', 'webgpu']);
    expect(run.notes['v']).toEqual(['GPU lost, done again on a new device']);
    expect(run.result.backend).toBe('fake GPU, then second GPU');
    const plain = await plainFiles();
    expect(run.files.get('model.safetensors')).toEqual(plain.get('model.safetensors'));
  });

  test('lost twice: what is left is done on the CPU', async () => {
    const trouble: Trouble = { tensor: 'v', on: 'map', error: lost };
    const run = await troubled([trouble], [trouble]);
    expect(run.backends).toEqual(['webgpu', 'cpu', 'cpu']);
    expect(run.notes['v']).toEqual([
      'GPU lost, done again on a new device',
      'GPU lost, done again on the CPU',
    ]);
    const plain = await plainFiles();
    expect(run.files.get('model.safetensors')).toEqual(plain.get('model.safetensors'));
  });

  test.each([0, 1, 3])(
    'lost after %i blocks of a large tensor: same bytes',
    async (afterBlocks) => {
      const budget = 4096;
      const trouble: Trouble = { tensor: 'v', on: 'map', error: lost, afterBlocks };
      const run = await troubled([trouble], null, budget);
      expect(run.notes['v']).toEqual(['GPU lost, done again on the CPU']);
      const plain = await plainFiles(budget);
      expect(run.files.get('model.safetensors')).toEqual(plain.get('model.safetensors'));
    },
  );

  test.each([
    ['out of memory', () => new Error('GPUOutOfMemoryError: out of memory')],
    ['a pending read-back', () => new DOMException('unmapped', 'AbortError')],
  ])('%s counts as a lost device', async (_, error) => {
    const run = await troubled([{ tensor: 'u', on: 'map', error }], null);
    // The second tensor was already under way on the same device.
    expect([run.backends[0], run.backends[2]]).toEqual(['cpu', 'cpu']);
  });

  test('any other error ends the run and names tensor and backend', async () => {
    const bug = () => new TypeError('no such pipeline');
    const attempt = troubled([{ tensor: 'v', on: 'map', error: bug }], null);
    await expect(attempt).rejects.toMatchObject({
      tag: 'compute',
      context: { step: 'compute', tensor: 'v', file: 'fake GPU' },
    });
  });
});

/** So few bytes that no two tensors are made in one go. */
const ONE_BY_ONE = 16_384;

describe('a source or a sink that fails', () => {
  // The header ends before byte 300; u, v and w take 1200 bytes each.
  test.each([
    [600, 'u'],
    [1800, 'v'],
    [3700, 'w'],
  ])('reading breaks at byte %i: the error names %s, nothing is kept', async (at, tensor) => {
    const { plan, options } = await mergeRun({ models, recipe });
    const inner = options({ budget: ONE_BY_ONE });
    const broken = failingSource(inner.sources.weights('b', 0), at);
    const sources = {
      ...inner.sources,
      weights: (model: string, file: number) =>
        model === 'b' ? broken : inner.sources.weights(model, file),
      companion: () => broken,
    };
    const error = await run(plan, { ...inner, sources }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(JobError);
    expect(error).toMatchObject({
      tag: 'disk',
      context: { step: 'read', tensor, file: 'model.safetensors' },
    });
    expect(inner.sink.state()).toBe('aborted');
    expect(inner.sink.files.size).toBe(0);
  });

  test.each([
    [10, ''],
    [900, 'u'],
    [2200, 'v'],
    [3300, 'w'],
  ])(
    'no room at byte %i: the error names “%s”, the file, and the quota',
    async (failAt, tensor) => {
      const { plan, options } = await mergeRun({ models, recipe });
      const sink = memorySink({ failAt });
      const all = options({ sink, budget: ONE_BY_ONE });
      await expect(run(plan, all)).rejects.toMatchObject({
        tag: 'quota',
        context: { step: 'write', tensor, file: 'model.safetensors', advice: expect.any(String) },
      });
      expect(sink.state()).toBe('aborted');
    },
  );

  test('a model that is not open is told before anything is written', async () => {
    const { plan, options, library } = await mergeRun({ models, recipe });
    library.close('b');
    const all = options();
    await expect(run(plan, all)).rejects.toMatchObject({
      tag: 'not-open',
      context: { model: 'b' },
    });
    expect(all.sink.writes).toEqual([]);
  });

  test('a side file that cannot be written undoes the weights too', async () => {
    const { plan, options } = await mergeRun({ models, recipe });
    const failAt = plan.files[0].byteLength + 1;
    const sink = memorySink({ failAt, failWith: 'permission' });
    await expect(run(plan, options({ sink }))).rejects.toMatchObject({ tag: 'permission' });
    expect(sink.state()).toBe('aborted');
  });
});

describe('a run that is cancelled', () => {
  test.each([0, 1, 2, 3])('after %i tensors: AbortError, nothing kept', async (after) => {
    const stop = new AbortController();
    if (after === 0) stop.abort();
    let done = 0;
    const { plan, options } = await mergeRun({ models, recipe });
    const tensor = () => {
      done += 1;
      if (done === after) stop.abort();
    };
    const events = { progress: () => {}, tensor };
    const all = options({ signal: stop.signal, budget: ONE_BY_ONE, events });
    await expect(run(plan, all)).rejects.toMatchObject({ name: 'AbortError' });
    expect(all.sink.state()).toBe('aborted');
    expect(all.sink.files.size).toBe(0);
    // What was under way beside it may have come to its end.
    expect(done).toBeGreaterThanOrEqual(after);
    expect(done).toBeLessThanOrEqual(after + (after === 0 ? 0 : 1));
  });

  test('while the files get their names: they are taken back', async () => {
    const stop = new AbortController();
    const inner = memorySink();
    const sink = {
      ...inner,
      async commit(verified: boolean) {
        stop.abort();
        await inner.commit(verified);
      },
    };
    const { plan, options } = await mergeRun({ models, recipe });
    const cancelled = run(plan, options({ sink, signal: stop.signal }));
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(sink.files.size).toBe(0);
  });

  test('during a slow read: ends at once', async () => {
    const stop = new AbortController();
    const { plan, options } = await mergeRun({ models, recipe });
    const inner = options({ signal: stop.signal });
    const slow = slowSource(inner.sources.weights('a', 0), 60_000);
    const sources = { weights: () => slow, companion: () => slow };
    setTimeout(() => stop.abort(), 20);
    const began = performance.now();
    const cancelled = run(plan, { ...inner, sources });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - began).toBeLessThan(200);
  });
});
