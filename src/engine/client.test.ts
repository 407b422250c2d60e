import { afterEach, describe, expect, test } from 'vitest';
import type { Plan } from '../plan/types.ts';
import { emptyStorage, enginePair, memorySurroundings, noRemote } from '../testing/engine-pair.ts';
import { type MemorySink, memorySink } from '../testing/memory-sink.ts';
import { mergeRun } from '../testing/merge-run.ts';
import { f32, modelFile } from '../testing/model-file.ts';
import type { Handle, MosaicRow, Progress } from './protocol.ts';
import { run } from './run/run.ts';
import type { Remote, Surroundings } from './serve.ts';

const models = {
  a: { v: f32([3], [1, 2, 3]), w: f32([2], [0, 4]) },
  b: { v: f32([3], [3, 2, 1]), w: f32([2], [2, 2]) },
};
const files = new Map(Object.entries(models).map(([id, tensors]) => [id, modelFile(tensors)]));
const destination = { kind: 'opfs', folder: 'merged' } as const;
const runOptions = { backend: 'auto', memoryBudget: 2 ** 28 } as const;

function handlesOf(id: string): readonly Handle[] {
  return [{ kind: 'url', path: 'model.safetensors', url: id, size: files.get(id)!.length }];
}

let pair: ReturnType<typeof enginePair>;
afterEach(() => pair.close());

async function started(
  over: Partial<Surroundings> = {},
  options: Parameters<typeof enginePair>[1] = {},
): Promise<Plan> {
  pair = enginePair(memorySurroundings(files, over), options);
  for (const id of ['a', 'b']) await pair.client.open(id, id, handlesOf(id));
  return (await mergeRun({ models })).plan;
}

describe('a page and its engine', () => {
  test('open a model, run a plan, hear how it goes', async () => {
    const sinks: MemorySink[] = [];
    const plan = await started({
      async sink() {
        sinks.push(memorySink());
        return sinks[0];
      },
    });
    const progress: Progress[] = [];
    const mosaics: (readonly MosaicRow[])[] = [];
    const result = await pair.client.run(plan, destination, runOptions, {
      onProgress: (each) => progress.push(each),
      onMosaic: (rows) => mosaics.push(rows),
    });
    const { plan: same, options } = await mergeRun({ models });
    const direct = options();
    await run(same, direct);
    expect(sinks[0].files).toEqual(direct.sink.files);
    expect(result.tensors.map(({ tensor }) => tensor)).toEqual(['v', 'w']);
    expect(
      mosaics.map((rows) => rows.flatMap(({ cells }) => cells.map(({ tensor }) => tensor))),
    ).toEqual([['v', 'w']]);
    // The last one tells of every tensor, however soon after the one before.
    expect([...progress.at(-1)!.cells.changed]).toEqual([1, 1]);
  });

  test('what is wrong with a file arrives with its tag, words and context', async () => {
    await started();
    const broken = new Map([['x', new Uint8Array([1, 2, 3])]]);
    pair.close();
    pair = enginePair(memorySurroundings(broken));
    const handle = { kind: 'url', path: 'model.safetensors', url: 'x', size: 3 } as const;
    await expect(pair.client.open('x', 'x', [handle])).rejects.toMatchObject({
      tag: 'too-short',
      message: expect.stringContaining('model.safetensors'),
      context: { file: 'model.safetensors', found: '3 bytes' },
    });
  });

  test('the device report says which backend and why', async () => {
    await started();
    expect(await pair.client.device('auto')).toEqual({
      kind: 'cpu',
      label: 'CPU',
      reason: 'The CPU: this browser has no WebGPU.',
      webgpu: 'none',
      adapter: null,
      limits: null,
      workers: 0,
    });
  });

  test('a model that was closed cannot be read', async () => {
    const plan = await started();
    await pair.client.close('b');
    await expect(pair.client.run(plan, destination, runOptions)).rejects.toMatchObject({
      tag: 'not-open',
      context: { model: 'b' },
    });
  });

  test('runs are done one after the other', async () => {
    const log: string[] = [];
    const plan = await started({
      async locked(work) {
        log.push('begin');
        const done = await work();
        log.push('end');
        return done;
      },
    });
    await Promise.all([1, 2].map(() => pair.client.run(plan, destination, runOptions)));
    expect(log).toEqual(['begin', 'end', 'begin', 'end']);
  });

  test('private storage is listed, emptied, zipped', async () => {
    const removed: string[] = [];
    const merge = { folder: 'done', bytes: 3, finished: '2026-11-27T04:00:00Z', verified: true };
    await started({
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
    const { client } = pair;
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

describe('a run that is cancelled', () => {
  test('is answered within 200 ms although a write takes a second', async () => {
    const sink = memorySink({ delay: 1000 });
    const plan = await started({ sink: async () => sink });
    const stop = new AbortController();
    const running = pair.client.run(plan, destination, runOptions, { signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const began = performance.now();
    stop.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - began).toBeLessThan(200);
    await expect.poll(() => sink.state(), { timeout: 3000 }).toBe('aborted');
    expect(sink.files.size).toBe(0);
  });

  test('tells nothing more, and the next run waits until it is gone', async () => {
    const sinks = [memorySink({ delay: 300 }), memorySink()];
    const made: MemorySink[] = [];
    const plan = await started({
      async sink() {
        made.push(sinks[made.length]);
        return made.at(-1)!;
      },
    });
    const stop = new AbortController();
    const late: unknown[] = [];
    const signal = stop.signal;
    const onProgress = (progress: Progress) => late.push(progress);
    const first = pair.client.run(plan, destination, runOptions, { signal, onProgress });
    // The first tensor is written, the second is under way, the next progress not yet sent.
    await new Promise((resolve) => setTimeout(resolve, 650));
    stop.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    const heardBefore = late.length;
    await pair.client.run(plan, destination, runOptions);
    expect(late).toHaveLength(heardBefore);
    expect(sinks.map((sink) => sink.state())).toEqual(['aborted', 'committed']);
  });

  test('before it began asks the engine nothing', async () => {
    const plan = await started();
    const before = pair.heard.length;
    const signal = AbortSignal.abort();
    const run = pair.client.run(plan, destination, runOptions, { signal });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(pair.heard).toHaveLength(before);
  });
});

describe('a publication', () => {
  const order = {
    repo: 'a/b',
    create: true,
    visibility: 'private',
    license: null,
    title: 't',
    description: '',
    sums: {},
  } as const;
  const published = { commit: 'c', url: 'u', verified: true, problems: [] };
  const wait = (milliseconds: number) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
    });
  const startedWith = (publish: Remote['publish']) =>
    started({ remote: { ...noRemote(), publish } });

  test('that is cancelled is heard until the engine has tidied up', async () => {
    await startedWith(async (_, { signal, onProgress }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      await wait(400);
      onProgress({ kind: 'left-behind', url: 'u' });
      throw signal.reason;
    });
    const stop = new AbortController();
    const heard: unknown[] = [];
    const { signal } = stop;
    const onPublish = (progress: unknown) => heard.push(progress);
    const publishing = pair.client.publish(destination, order, { signal, onPublish });
    await wait(50);
    stop.abort();
    await expect(publishing).rejects.toMatchObject({ name: 'AbortError' });
    expect(heard).toEqual([{ kind: 'left-behind', url: 'u' }]);
  });

  test('that was done when it was cancelled is done', async () => {
    const stop = new AbortController();
    await startedWith(async () => {
      stop.abort();
      await wait(300);
      return published;
    });
    const publishing = pair.client.publish(destination, order, { signal: stop.signal });
    expect(await publishing).toEqual(published);
  });

  test('waits for the one before it, even one that fails', async () => {
    const log: string[] = [];
    await startedWith(async ({ repo }) => {
      log.push(`begin ${repo}`);
      await wait(30);
      log.push(`end ${repo}`);
      if (repo === '1') throw new Error('no');
      return published;
    });
    const repos = ['1', '2'];
    const all = repos.map((repo) => pair.client.publish(destination, { ...order, repo }));
    await Promise.allSettled(all);
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
  });
});

describe('an engine that stands still', () => {
  /** The first run never comes to its sink. */
  const stuckOnce = () => {
    let runs = 0;
    return async () => {
      runs += 1;
      return runs === 1 ? new Promise<never>(() => {}) : memorySink();
    };
  };

  test('is ended when a cancel goes unheard, and the next merge has another', async () => {
    const plan = await started({ sink: stuckOnce() }, { endPatience: 400 });
    const stop = new AbortController();
    const stuck = pair.client.run(plan, destination, runOptions, { signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    await expect(stuck).rejects.toMatchObject({ name: 'AbortError' });
    const waiting = pair.client.run(plan, destination, runOptions);
    await expect(waiting).rejects.toMatchObject({
      tag: 'engine-crashed',
      message: 'The merge engine stopped: it did not stop when it was asked to',
    });
    expect((await pair.client.run(plan, destination, runOptions)).verify.ok).toBe(true);
    expect(pair.ports).toHaveLength(2);
  });

  test('is kept when it ends the run in time', async () => {
    const plan = await started(
      { sink: async () => memorySink({ delay: 250 }) },
      { endPatience: 900 },
    );
    const stop = new AbortController();
    const running = pair.client.run(plan, destination, runOptions, { signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect((await pair.client.device('cpu')).kind).toBe('cpu');
    expect(pair.ports).toHaveLength(1);
  });

  test('is told and replaced when its private storage vanished', async () => {
    const seen: string[] = [];
    const whenGone = async (folder: string) => {
      seen.push(folder);
      await new Promise((resolve) =>
        setTimeout(resolve, seen.length === 1 ? 50 : 60_000).unref?.(),
      );
    };
    const plan = await started({ sink: stuckOnce() }, { whenGone });
    await expect(pair.client.run(plan, destination, runOptions)).rejects.toMatchObject({
      tag: 'storage-gone',
      message: expect.stringContaining('was emptied while the merge was written'),
      context: { advice: expect.stringContaining('save into a folder') },
    });
    expect((await pair.client.run(plan, destination, runOptions)).verify.ok).toBe(true);
    expect(seen).toEqual(['merged', 'merged']);
    expect(pair.ports).toHaveLength(2);
  });
});

describe('an engine that crashes', () => {
  test('fails every call under way', async () => {
    const plan = await started({ sink: async () => memorySink({ delay: 500 }) });
    const running = pair.client.run(plan, destination, runOptions);
    const reading = pair.client.device('cpu');
    await Promise.resolve();
    pair.ports[0].crash('out of memory');
    for (const call of [running, reading]) {
      await expect(call).rejects.toMatchObject({
        tag: 'engine-crashed',
        message: 'The merge engine stopped: out of memory',
      });
    }
  });

  test('can be stopped, and starts again when it is asked', async () => {
    await started();
    const reading = pair.client.device('cpu');
    await Promise.resolve();
    pair.client.stop();
    await expect(reading).rejects.toMatchObject({ tag: 'engine-crashed' });
    expect(await pair.client.finished()).toEqual([]);
    expect(pair.ports).toHaveLength(2);
  });

  test('is replaced by the next call, with the same models open', async () => {
    const plan = await started();
    await pair.client.open('c', 'c', handlesOf('a'));
    await pair.client.close('c');
    pair.ports[0].crash('bug');
    const result = await pair.client.run(plan, destination, runOptions);
    expect(result.verify.ok).toBe(true);
    expect(pair.ports).toHaveLength(2);
    const again = pair.heard.slice(-3) as { kind: string; modelId?: string }[];
    expect(again.map(({ kind, modelId }) => modelId ?? kind)).toEqual(['a', 'b', 'run']);
  });
});
