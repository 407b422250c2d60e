import { expect, test } from 'vitest';
import { mostWindows, ReadAhead } from './read-ahead.ts';
import type { Source } from './source.ts';

/** A file whose byte i is i, and the ranges that were read of it. */
function counted(size: number): { source: Source; reads: string[] } {
  const reads: string[] = [];
  const source: Source = {
    name: 'far.safetensors',
    size,
    async read(begin, end, signal) {
      signal?.throwIfAborted();
      reads.push(`${begin}-${end}`);
      return Uint8Array.from({ length: end - begin }, (_, i) => begin + i);
    },
  };
  return { source, reads };
}

test('a walk in small steps takes one read, then windows, each while the one before is used', async () => {
  const { source, reads } = counted(100);
  const ahead = new ReadAhead(() => 30).of(source);
  for (let begin = 0; begin < 100; begin += 10) {
    expect([...(await ahead.read(begin, begin + 10))]).toEqual(
      Array.from({ length: 10 }, (_, i) => begin + i),
    );
  }
  expect(reads).toEqual(['0-10', '10-40', '40-70', '70-100']);
});

test('jumps and large reads are passed on as they are', async () => {
  const { source, reads } = counted(100);
  const ahead = new ReadAhead(() => 30).of(source);
  await ahead.read(50, 55);
  await ahead.read(10, 15);
  await ahead.read(15, 45);
  expect(reads).toEqual(['50-55', '10-15', '15-45']);
});

test('two readers, one a little behind the other, share the windows', async () => {
  const { source, reads } = counted(100);
  const ahead = new ReadAhead(() => 40).of(source);
  await ahead.read(0, 10);
  for (let begin = 10; begin < 90; begin += 10) {
    await ahead.read(begin, begin + 10);
    await ahead.read(begin - 10, begin);
  }
  expect(reads).toEqual(['0-10', '10-50', '50-90', '0-10', '90-100']);
});

test('reads at once that lie in one window wait for the same bytes', async () => {
  const { source, reads } = counted(100);
  const ahead = new ReadAhead(() => 50).of(source);
  const [, second, third] = await Promise.all([
    ahead.read(0, 10),
    ahead.read(10, 20),
    ahead.read(20, 30),
  ]);
  expect([second[0], third[0]]).toEqual([10, 20]);
  expect(reads).toEqual(['0-10', '10-60', '60-100']);
});

test('a buffer that was given away does not spoil the window', async () => {
  const ahead = new ReadAhead(() => 50).of(counted(100).source);
  await ahead.read(0, 10);
  (await ahead.read(10, 20)).fill(0);
  expect((await ahead.read(10, 20))[0]).toBe(10);
});

test('a window that failed is fetched again', async () => {
  const { source } = counted(100);
  let failures = 1;
  const ahead = new ReadAhead(() => 50).of({
    ...source,
    read: async (begin, end) => {
      if (begin === 10 && failures-- > 0) throw new Error('broken');
      return source.read(begin, end);
    },
  });
  await ahead.read(0, 10);
  await expect(ahead.read(10, 20)).rejects.toThrow('broken');
  expect((await ahead.read(10, 20))[0]).toBe(10);
});

test('an abort is an abort', async () => {
  const ahead = new ReadAhead(() => 50).of(counted(100).source);
  const stop = new AbortController();
  stop.abort();
  await expect(ahead.read(0, 10, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

test('the files of a model share the windows, and let go of them together', async () => {
  const reads: string[] = [];
  const shard = (name: string): Source => ({
    name,
    size: 1000,
    read: async (begin, end) => {
      reads.push(`${name} ${begin}-${end}`);
      return new Uint8Array(end - begin);
    },
  });
  const walk = new ReadAhead(() => 100);
  const [first, second] = [walk.of(shard('a')), walk.of(shard('b'))];
  await first.read(0, 10);
  await first.read(10, 20);
  await second.read(0, 10);
  await second.read(10, 20);
  expect(reads).toEqual(['a 0-10', 'a 10-110', 'a 110-210', 'b 0-10', 'b 10-110', 'b 110-210']);
  // The oldest of four windows is gone.
  expect(mostWindows).toBe(3);
  await first.read(20, 30);
  expect(reads.at(-2)).toBe('a 20-120');
  walk.forget();
  await first.read(30, 40);
  expect(reads).toContain('a 30-130');
});

/** A walk through files whose windows never come, and which of these were called off. */
function stuckWalk() {
  const underWay = new Set<string>();
  const walk = new ReadAhead(() => 100);
  const shard = (name: string) =>
    walk.of({
      name,
      size: 1000,
      read: (begin, end, signal) => {
        if (end - begin < 100) return Promise.resolve(new Uint8Array(end - begin));
        const window = `${name} ${begin}-${end}`;
        underWay.add(window);
        return new Promise((_, reject) => {
          signal?.addEventListener('abort', () => {
            underWay.delete(window);
            reject(signal.reason);
          });
        });
      },
    });
  return { walk, underWay, shard };
}

test('a window that is pushed out under way is called off, unless a reader waits for it', async () => {
  const { underWay, shard } = stuckWalk();
  const stop = new AbortController();
  const readings: Promise<unknown>[] = [];
  for (const name of ['a', 'b']) {
    const file = shard(name);
    await file.read(0, 10);
    readings.push(file.read(10, 20, stop.signal));
  }
  const third = shard('c');
  await third.read(0, 10);
  readings.push(third.read(10, 20, stop.signal));
  // Of the two of `a`, one is waited for; the other made place for those of `c`.
  const left = ['a 10-110', 'b 10-110', 'b 110-210', 'c 10-110', 'c 110-210'];
  expect([...underWay]).toEqual(left);
  stop.abort();
  const ends = await Promise.allSettled(readings);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(underWay.size).toBe(0);
});

test('forgetting calls off what nobody waits for', async () => {
  const { walk, underWay, shard } = stuckWalk();
  const file = shard('a');
  await file.read(0, 10);
  void file.read(10, 20);
  expect([...underWay]).toEqual(['a 10-110', 'a 110-210']);
  walk.forget();
  expect([...underWay]).toEqual(['a 10-110']);
});
