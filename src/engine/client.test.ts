import { describe, expect, onTestFinished, test } from 'vitest';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { emptyStorage, enginePair, memorySurroundings, noRemote } from '../testing/engine-pair.ts';
import { type MemorySink, memorySink } from '../testing/memory-sink.ts';
import { mergeRun } from '../testing/merge-run.ts';
import { destination, models, runOptions, started } from '../testing/two-models.ts';
import { inlineAuditor } from './check/auditor.ts';
import { Devices, type GpuFound } from './devices/devices.ts';
import type { MosaicRow, Progress } from './protocol.ts';
import { run } from './run/run.ts';

describe('a page and its engine', () => {
  test('open a model, run an order, hear how it goes', async () => {
    const sinks: MemorySink[] = [];
    const { client, order } = await started({
      async sink() {
        sinks.push(memorySink());
        return sinks[0];
      },
    });
    const progress: Progress[] = [];
    const mosaics: (readonly MosaicRow[])[] = [];
    const result = await client.run(order, destination, runOptions, {
      onProgress: (each) => progress.push(each),
      onMosaic: (rows) => mosaics.push(rows),
    });
    const { plan, options } = await mergeRun({ models });
    const direct = options();
    await run(plan, direct);
    expect(sinks[0].files).toEqual(direct.sink.files);
    expect(result.tensors.map(({ tensor }) => tensor)).toEqual(['v', 'w']);
    expect(
      mosaics.map((rows) => rows.flatMap(({ cells }) => cells.map(({ tensor }) => tensor))),
    ).toEqual([['v', 'w']]);
    // The last one tells of every tensor, however soon after the one before.
    expect([...progress.at(-1)!.cells.changed]).toEqual([1, 1]);
  });

  test('what is wrong with a file arrives with its tag, words and context', async () => {
    const broken = new Map([['x', new Uint8Array([1, 2, 3])]]);
    const { client, close } = enginePair(memorySurroundings(broken));
    onTestFinished(close);
    const handle = { kind: 'url', path: 'model.safetensors', url: 'x', size: 3 } as const;
    await expect(client.open('x', 'x', [handle])).rejects.toMatchObject({
      tag: 'too-short',
      message: expect.stringContaining('model.safetensors'),
      context: { file: 'model.safetensors', found: '3 bytes' },
    });
  });

  test('the device report says which backend and why', async () => {
    const { client } = await started();
    expect(await client.device('auto')).toEqual({
      kind: 'cpu',
      label: 'CPU',
      reason: 'The CPU: this browser has no WebGPU.',
      webgpu: 'none',
      adapter: null,
      limits: null,
      workers: 0,
    });
  });

  test('what takes matrices apart runs on the CPU, whatever else there is', async () => {
    const gpu: GpuFound = {
      kind: 'hardware',
      adapter: 'a card',
      limits: null,
      reason: 'There is one.',
      backend: { ...definitionBackend('GPU'), kind: 'webgpu' },
    };
    const devices = new Devices({
      gpu: async () => gpu,
      cpu: () => definitionBackend(),
      workers: 0,
    });
    const { client, order } = await started({ devices });
    const [base, ...experts] = order.recipe.experts;
    const backendOf = async (method: string) => {
      const recipe = { ...order.recipe, method, base: base.model, experts, values: {} };
      return (await client.run({ ...order, recipe }, destination, runOptions)).backend;
    };
    expect(await backendOf('task_arithmetic')).toBe('GPU');
    expect(await backendOf('iso_c')).toBe('CPU');
  });

  test('what cannot be planned is not run, and the reason is told', async () => {
    const { client, order } = await started();
    await client.close('b');
    await expect(client.run(order, destination, runOptions)).rejects.toMatchObject({
      tag: 'not-ready',
      message: expect.stringMatching(/^This cannot be merged: .*\bb\b/),
    });
    expect(await client.plan(order)).toMatchObject({ findings: [{ severity: 'error' }] });
    expect(await client.rows(order, { filter: '', from: 0, to: 9 })).toMatchObject({
      found: 0,
    });
  });

  test('runs are done one after the other', async () => {
    const log: string[] = [];
    const { client, order } = await started({
      async locked(work) {
        log.push('begin');
        const done = await work();
        log.push('end');
        return done;
      },
    });
    await Promise.all([1, 2].map(() => client.run(order, destination, runOptions)));
    expect(log).toEqual(['begin', 'end', 'begin', 'end']);
  });

  test.each([
    ['done', async () => memorySink()],
    ['refused by its sink', async () => Promise.reject(new Error('no'))],
  ])('a run that is %s ends its checks', async (_, sink) => {
    let disposed = 0;
    const auditor = () => ({
      ...inlineAuditor(),
      dispose() {
        disposed += 1;
      },
    });
    const { client, order } = await started({ sink, auditor });
    await client.run(order, destination, runOptions).catch(() => {});
    expect(disposed).toBe(1);
  });

  test('private storage has room for what is written there, and gives it back', async () => {
    const room: number[] = [];
    const makeRoom = async (bytes: number) => void room.push(bytes);
    const { client, order, plan } = await started({ remote: { ...noRemote(), makeRoom } });
    await client.run(order, destination, runOptions);
    expect(room).toEqual([plan.bytesToWrite, 0]);
    const handle = {} as FileSystemDirectoryHandle;
    await client.run(order, { kind: 'directory', handle }, runOptions);
    expect(room).toHaveLength(2);
  });

  test('what is left is taken away after the run that wrote it', async () => {
    const log: string[] = [];
    const { client, order } = await started({
      storage: { ...emptyStorage, discard: async () => void log.push('discard') },
      async locked(work) {
        const done = await work();
        log.push('run');
        return done;
      },
    });
    await Promise.all([client.run(order, destination, runOptions), client.discard(destination)]);
    expect(log).toEqual(['run', 'discard']);
  });

  test('private storage is listed, emptied, zipped', async () => {
    const removed: string[] = [];
    const merge = {
      ...{ folder: 'done', bytes: 3, finished: '2026-11-27T04:00:00Z', verified: true },
      only: null,
    };
    const { client } = await started({
      storage: {
        ...emptyStorage,
        unfinished: async () => [
          { folder: 'broken', bytes: 1 },
          { folder: 'half', bytes: 2 },
        ],
        async discard(to) {
          removed.push(`unfinished ${to.kind === 'opfs' && to.folder}`);
        },
        finished: async () => [merge],
        freeName: async (name) => `${name}-2`,
        async remove(folder) {
          removed.push(folder);
        },
      },
    });
    expect(await client.leftovers()).toEqual([
      { folder: 'broken', bytes: 1 },
      { folder: 'half', bytes: 2 },
    ]);
    await client.removeLeftovers();
    expect(await client.finished()).toEqual([merge]);
    expect(await client.freeName('done')).toBe('done-2');
    expect(await client.files('done')).toEqual([]);
    await client.removeFinished('done');
    await client.discard({ kind: 'opfs', folder: 'cut' });
    expect(removed).toEqual(['unfinished broken', 'unfinished half', 'done', 'unfinished cut']);
  });
});
