import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { memoryPieces } from '../../testing/memory-pieces.ts';
import { stubFetch } from '../../testing/stub-fetch.ts';
import { HubRemote } from './remote.ts';

const bytes = new Uint8Array(400).fill(7);
const file = { repo: 'o/n', commit: 'c', path: 'a.bin', size: 400, sha256: 'sha', oid: 'o' };

const hubUrl = 'https://hub.example';
/** A Hub that sends what is asked for. */
const hub = stubFetch(hubUrl, ({ headers }) => {
  const [, first, last] = /(\d+)-(\d+)/.exec(headers.get('range')!)!.map(Number);
  return new Response(bytes.subarray(first, last + 1), { status: 206 });
});

/** Private storage for `quota` bytes, of which others hold some, and a cache in it. */
function setUp({ quota = 1_000, others = 0 } = {}) {
  const pieces = memoryPieces();
  const held = () => [...pieces.files.values()].reduce((sum, { length }) => sum + length, 0);
  const disk = { others };
  const storage = { estimate: async () => ({ quota, usage: disk.others + held() }) };
  vi.stubGlobal('navigator', { onLine: true, storage });
  const remote = new HubRemote(pieces);
  const allow = (cacheBytes: number) => remote.access({ hubUrl, token: null, cacheBytes });
  allow(1_000);
  const source = remote.source(file);
  const readAll = async () => {
    for (let at = 0; at < 400; at += 100) await source.read(at, at + 100);
  };
  return { remote, allow, held, readAll, disk, pieces };
}

beforeEach(() => {
  vi.stubGlobal('fetch', hub.fetch);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('a lower limit lets go at once, and holds for files that were opened before', async () => {
  const { remote, allow, readAll, held } = setUp();
  await readAll();
  expect(await remote.cached()).toBe(400);
  allow(250);
  expect([await remote.cached(), held()]).toEqual([200, 200]);
  await readAll();
  expect(held()).toBe(200);
  allow(0);
  expect([await remote.cached(), held()]).toEqual([0, 0]);
});

describe('making room for a run', () => {
  test('touches nothing before the page has said how much may be kept', async () => {
    const { readAll, held, pieces } = setUp();
    await readAll();
    await new HubRemote(pieces).makeRoom(10_000);
    expect(held()).toBe(400);
  });

  test('lets go of what is missing, and of no more', async () => {
    const { remote, readAll, held } = setUp({ others: 450 });
    await readAll(); // 150 are free
    await remote.makeRoom(250);
    expect(held()).toBe(300);
  });

  test('lets go of nothing where there is room', async () => {
    const { remote, readAll, held } = setUp();
    await readAll();
    await remote.makeRoom(600);
    expect(held()).toBe(400);
  });

  test('lets go of all at most', async () => {
    const { remote, readAll, held } = setUp();
    await readAll();
    await remote.makeRoom(5_000);
    expect(held()).toBe(0);
  });

  test('keeps the room from the cache until it is used', async () => {
    const { remote, readAll, held, disk } = setUp({ others: 450 });
    await remote.makeRoom(350);
    await readAll();
    expect(held()).toBe(200);
    disk.others = 500; // less was written than was asked for
    await remote.makeRoom(0);
    await readAll();
    expect(held()).toBe(400);
  });

  test('does nothing where the browser does not say what is free', async () => {
    const { remote, readAll, held } = setUp();
    await readAll();
    vi.stubGlobal('navigator', { onLine: true });
    await remote.makeRoom(5_000);
    expect(held()).toBe(400);
  });
});
