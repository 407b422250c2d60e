import { describe, expect, test } from 'vitest';
import { memorySink } from '../testing/memory-sink.ts';
import { destination, handlesOf, runOptions, started } from '../testing/two-models.ts';

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
    const { client, order, ports } = await started({ sink: stuckOnce() }, { endPatience: 400 });
    const stop = new AbortController();
    const stuck = client.run(order, destination, runOptions, { signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    await expect(stuck).rejects.toMatchObject({ name: 'AbortError' });
    const waiting = client.run(order, destination, runOptions);
    await expect(waiting).rejects.toMatchObject({
      tag: 'engine-crashed',
      message: 'The merge engine stopped: it did not stop when it was asked to',
    });
    expect((await client.run(order, destination, runOptions)).verify.ok).toBe(true);
    expect(ports).toHaveLength(2);
  });

  test('is kept when it ends the run in time', async () => {
    const { client, order, ports } = await started(
      { sink: async () => memorySink({ delay: 250 }) },
      { endPatience: 900 },
    );
    const stop = new AbortController();
    const running = client.run(order, destination, runOptions, { signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect((await client.device('cpu')).kind).toBe('cpu');
    expect(ports).toHaveLength(1);
  });

  test('is told and replaced when its private storage vanished', async () => {
    const seen: string[] = [];
    const whenGone = async (folder: string) => {
      seen.push(folder);
      await new Promise((resolve) =>
        setTimeout(resolve, seen.length === 1 ? 50 : 60_000).unref?.(),
      );
    };
    const { client, order, ports } = await started({ sink: stuckOnce() }, { whenGone });
    await expect(client.run(order, destination, runOptions)).rejects.toMatchObject({
      tag: 'storage-gone',
      message: expect.stringContaining('was emptied while the merge was written'),
      context: { advice: expect.stringContaining('save into a folder') },
    });
    expect((await client.run(order, destination, runOptions)).verify.ok).toBe(true);
    expect(seen).toEqual(['merged', 'merged']);
    expect(ports).toHaveLength(2);
  });
});

describe('an engine that crashes', () => {
  test('fails every call under way', async () => {
    const { client, order, ports } = await started({
      sink: async () => memorySink({ delay: 500 }),
    });
    const running = client.run(order, destination, runOptions);
    const reading = client.device('cpu');
    await Promise.resolve();
    ports[0].crash('out of memory');
    for (const call of [running, reading]) {
      await expect(call).rejects.toMatchObject({
        tag: 'engine-crashed',
        message: 'The merge engine stopped: out of memory',
      });
    }
  });

  test('can be stopped, and starts again when it is asked', async () => {
    const { client, ports } = await started();
    const reading = client.device('cpu');
    await Promise.resolve();
    client.stop();
    await expect(reading).rejects.toMatchObject({ tag: 'engine-crashed' });
    expect(await client.finished()).toEqual([]);
    expect(ports).toHaveLength(2);
  });

  test('is replaced by the next call, with the same models open', async () => {
    const { client, order, ports, heard } = await started();
    await client.open('c', 'c', handlesOf('a'));
    await client.close('c');
    ports[0].crash('bug');
    const result = await client.run(order, destination, runOptions);
    expect(result.verify.ok).toBe(true);
    expect(ports).toHaveLength(2);
    const again = heard.slice(-3) as { kind: string; modelId?: string }[];
    expect(again.map(({ kind, modelId }) => modelId ?? kind)).toEqual(['a', 'b', 'run']);
  });
});
