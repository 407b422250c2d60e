import { describe, expect, test } from 'vitest';
import { noRemote } from '../testing/engine-pair.ts';
import { type MemorySink, memorySink } from '../testing/memory-sink.ts';
import { destination, runOptions, started } from '../testing/two-models.ts';
import type { Progress } from './protocol.ts';
import type { Remote } from './serve.ts';

describe('a run that is cancelled', () => {
  test('is answered within 200 ms although a write takes a second', async () => {
    const sink = memorySink({ delay: 1000 });
    const { client, order } = await started({ sink: async () => sink });
    const stop = new AbortController();
    const running = client.run(order, destination, runOptions, { signal: stop.signal });
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
    const { client, order } = await started({
      async sink() {
        made.push(sinks[made.length]);
        return made.at(-1)!;
      },
    });
    const stop = new AbortController();
    const late: unknown[] = [];
    const signal = stop.signal;
    const onProgress = (progress: Progress) => late.push(progress);
    const first = client.run(order, destination, runOptions, { signal, onProgress });
    // The first tensor is written, the second is under way, the next progress not yet sent.
    await new Promise((resolve) => setTimeout(resolve, 650));
    stop.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    const heardBefore = late.length;
    await client.run(order, destination, runOptions);
    expect(late).toHaveLength(heardBefore);
    expect(sinks.map((sink) => sink.state())).toEqual(['aborted', 'committed']);
  });

  test('before it began asks the engine nothing', async () => {
    const { client, order, heard } = await started();
    const before = heard.length;
    const signal = AbortSignal.abort();
    const run = client.run(order, destination, runOptions, { signal });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(heard).toHaveLength(before);
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
    const { client } = await startedWith(async (_, { signal, onProgress }) => {
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
    const publishing = client.publish(destination, order, { signal, onPublish });
    await wait(50);
    stop.abort();
    await expect(publishing).rejects.toMatchObject({ name: 'AbortError' });
    expect(heard).toEqual([{ kind: 'left-behind', url: 'u' }]);
  });

  test('that was done when it was cancelled is done', async () => {
    const stop = new AbortController();
    const { client } = await startedWith(async () => {
      stop.abort();
      await wait(300);
      return published;
    });
    const publishing = client.publish(destination, order, { signal: stop.signal });
    expect(await publishing).toEqual(published);
  });

  test('waits for the one before it, even one that fails', async () => {
    const log: string[] = [];
    const { client } = await startedWith(async ({ repo }) => {
      log.push(`begin ${repo}`);
      await wait(30);
      log.push(`end ${repo}`);
      if (repo === '1') throw new Error('no');
      return published;
    });
    const repos = ['1', '2'];
    const all = repos.map((repo) => client.publish(destination, { ...order, repo }));
    await Promise.allSettled(all);
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
  });
});
