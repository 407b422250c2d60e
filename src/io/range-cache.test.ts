import { describe, expect, test } from 'vitest';
import { memoryPieces } from '../testing/memory-pieces.ts';
import { countingSource, failingSource, memorySource } from '../testing/memory-source.ts';
import { RangeCache } from './range-cache.ts';
import { withCache } from './with-cache.ts';

const file = Uint8Array.from({ length: 100 }, (_, i) => i);

function setUp({ limit = 1_000, pieceBytes = 10, store = memoryPieces() } = {}) {
  let time = 1;
  const now = () => {
    time += 1;
    return time;
  };
  const cache = new RangeCache(store, { limit, pieceBytes, now });
  const source = countingSource(memorySource('a.bin', file));
  return { store, cache, source, cached: withCache(source, 'sha a.bin', cache) };
}

describe('what was read once', () => {
  test('is not read again', async () => {
    const { cached, source } = setUp();
    expect(await cached.read(3, 47)).toEqual(file.slice(3, 47));
    expect(await cached.read(3, 47)).toEqual(file.slice(3, 47));
    expect(await cached.read(20, 21)).toEqual(file.slice(20, 21));
    expect(source.reads).toEqual([{ begin: 3, end: 47 }]);
  });

  test('is kept as it was read, and nothing around it', async () => {
    const { cached, source, cache } = setUp();
    await cached.read(3, 5);
    expect(source.bytesRead()).toBe(2);
    expect(await cache.size()).toBe(2);
  });

  test('leaves only the gaps to read', async () => {
    const { cached, source } = setUp();
    await cached.read(10, 20);
    await cached.read(30, 35);
    expect(await cached.read(5, 40)).toEqual(file.slice(5, 40));
    expect(source.reads.slice(2)).toEqual([
      { begin: 5, end: 10 },
      { begin: 20, end: 30 },
      { begin: 35, end: 40 },
    ]);
    await cached.read(0 + 5, 40);
    expect(source.reads).toHaveLength(5);
  });

  test('is there after a restart', async () => {
    const { cached, store } = setUp();
    await cached.read(0, 25);
    const again = setUp({ store });
    expect(await again.cached.read(0, 25)).toEqual(file.slice(0, 25));
    expect(again.source.reads).toEqual([]);
  });

  test('belongs to its key', async () => {
    const { cache, cached } = setUp();
    await cached.read(0, 10);
    const other = countingSource(memorySource('b.bin', file));
    await withCache(other, 'sha b.bin', cache).read(0, 10);
    expect(other.reads).toHaveLength(1);
  });
});

describe('a full cache', () => {
  test('lets go of what was used least recently', async () => {
    const { cached, source, cache } = setUp({ limit: 30 });
    await cached.read(0, 10);
    await cached.read(10, 20);
    await cached.read(20, 30);
    await cached.read(0, 10); // used again
    await cached.read(30, 40); // 10 to 20 goes
    expect(await cache.size()).toBe(30);
    await cached.read(0, 10);
    await cached.read(20, 40);
    expect(source.reads).toHaveLength(4);
    await cached.read(10, 20);
    expect(source.reads).toHaveLength(5);
  });

  test('remembers the order over a restart', async () => {
    const first = setUp({ limit: 20 });
    await first.cached.read(0, 10);
    await first.cached.read(10, 20);
    await first.cached.read(0, 10);
    const { cached, source } = setUp({ limit: 20, store: first.store });
    await cached.read(20, 30); // 10 to 20 goes
    await cached.read(0, 10);
    expect(source.reads).toEqual([{ begin: 20, end: 30 }]);
  });

  test('does not keep what is larger than all of it', async () => {
    const { cached, cache } = setUp({ limit: 5 });
    expect(await cached.read(0, 40)).toEqual(file.slice(0, 40));
    expect(await cache.size()).toBe(0);
  });
});

describe('never in the way of reading', () => {
  test('without room', async () => {
    const { cached, store, cache } = setUp();
    store.quota = 15;
    expect(await cached.read(0, 40)).toEqual(file.slice(0, 40));
    expect(await cache.size()).toBe(10);
  });

  test('with a piece that was cut short, or is gone', async () => {
    const { cached, store, source } = setUp();
    await cached.read(0, 20);
    const [one, other] = [...store.files.keys()];
    store.files.set(one, new Uint8Array(3));
    store.files.delete(other);
    expect(await cached.read(0, 20)).toEqual(file.slice(0, 20));
    expect(source.bytesRead()).toBe(40);
    expect(await cached.read(0, 20)).toEqual(file.slice(0, 20));
    expect(source.bytesRead()).toBe(40);
  });

  test('with storage that fails altogether', async () => {
    const no = () => Promise.reject(new Error('private window'));
    const cache = new RangeCache(
      { list: no, read: no, write: no, rename: no, remove: no },
      { limit: 100 },
    );
    expect(await withCache(memorySource('a', file), 'k', cache).read(0, 9)).toEqual(
      file.slice(0, 9),
    );
    expect(await cache.size()).toBe(0);
  });

  test('but errors of the source pass, and are not kept', async () => {
    const { cache } = setUp();
    const broken = withCache(failingSource(memorySource('a', file), 5), 'k', cache);
    await expect(broken.read(0, 10)).rejects.toMatchObject({ tag: 'disk' });
    expect(await cache.size()).toBe(0);
  });
});

describe('a quota that is reached', () => {
  test('moves what was used least recently out of the way', async () => {
    const { cached, store, cache, source } = setUp();
    store.quota = 30;
    await cached.read(0, 10);
    await cached.read(10, 20);
    await cached.read(20, 30);
    await cached.read(0, 10); // used again
    await cached.read(30, 40); // 10 to 20 goes
    expect(await cache.size()).toBe(30);
    await cached.read(0, 10);
    await cached.read(20, 40);
    expect(source.reads).toHaveLength(4);
  });

  test('by others leaves what can be kept, and no half of a piece', async () => {
    const { cached, store, cache } = setUp();
    store.quota = 0;
    await cached.read(0, 40);
    expect([await cache.size(), store.files.size]).toEqual([0, 0]);
  });
});

describe('a limit that is lowered', () => {
  test('lets go at once of what is above it, least recently used first', async () => {
    const { cached, cache, store, source } = setUp();
    await cached.read(0, 50);
    await cached.read(0, 10);
    await cache.limitTo(20);
    expect(store.files.size).toBe(2);
    await cached.read(40, 50);
    await cached.read(0, 10);
    expect(source.reads).toHaveLength(1);
    await cache.limitTo(0);
    expect(store.files.size).toBe(0);
  });
});

describe('two tabs', () => {
  const twoTabs = (limit = 1_000) => {
    const one = setUp({ limit });
    return [one, setUp({ limit, store: one.store })] as const;
  };

  test('count what the other keeps', async () => {
    const [one, other] = twoTabs();
    expect(await one.cache.size()).toBe(0);
    await other.cached.read(0, 30);
    expect(await one.cache.size()).toBe(30);
  });

  test('keep to one limit', async () => {
    const [one, other] = twoTabs(40);
    await one.cached.read(0, 10);
    await other.cached.read(10, 50);
    await one.cached.read(50, 60);
    expect(one.store.files.size).toBe(4);
  });

  test('clear what the other keeps, and what nobody knows', async () => {
    const [one, other] = twoTabs();
    expect(await one.cache.size()).toBe(0);
    await other.cached.read(0, 30);
    one.store.files.set('strange', new Uint8Array(9));
    await one.cache.clear();
    expect([...one.store.files.keys()]).toEqual([]);
    expect(await other.cached.read(0, 30)).toEqual(file.slice(0, 30));
  });
});

test('clearing leaves nothing', async () => {
  const { cached, cache, store } = setUp();
  await cached.read(0, 50);
  expect(await cache.size()).toBe(50);
  await cache.clear();
  expect([await cache.size(), store.files.size]).toEqual([0, 0]);
});

test('reads at the same time give the right bytes', async () => {
  const { cached } = setUp({ limit: 40 });
  const reads = Array.from({ length: 30 }, (_, i) => [(i * 7) % 60, ((i * 7) % 60) + 25] as const);
  const results = await Promise.all(reads.map(([begin, end]) => cached.read(begin, end)));
  expect(results).toEqual(reads.map(([begin, end]) => file.slice(begin, end)));
});

test('reads at the same time of what is kept fetch nothing, and lose no file', async () => {
  const store = memoryPieces();
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
  const slow = {
    ...store,
    read: (name: string) => pause().then(() => store.read(name)),
    rename: (from: string, to: string) => pause().then(() => store.rename(from, to)),
  };
  const { cached, cache, source } = setUp({ store: slow });
  await cached.read(0, 40);
  await Promise.all([
    cached.read(0, 40),
    cached.read(10, 40),
    pause().then(() => cached.read(20, 40)),
    pause()
      .then(pause)
      .then(() => cached.read(0, 40)),
  ]);
  expect(source.reads).toHaveLength(1);
  expect(store.files.size).toBe(4);
  expect(await cache.size()).toBe(40);
});
