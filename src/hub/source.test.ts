import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Source } from '../io/source.ts';
import { fakeSurroundings } from '../testing/fake-surroundings.ts';
import { type FileHub, fileHub } from '../testing/file-hub.ts';
import { type HubSourceOptions, hubSource } from './source.ts';
import { WholeFiles } from './whole-files.ts';

const file = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31 + (i >> 8)) % 256);
const token = 'hf_secret';

let hub: FileHub;

beforeAll(async () => {
  hub = await fileHub(file);
});
afterAll(() => hub.close());
beforeEach(() => {
  hub.asked.length = 0;
  hub.leaked.length = 0;
  hub.answer = (request, response) => hub.sendRange(request, response);
});

function open(options: HubSourceOptions = {}, size = file.length) {
  return hubSource(
    { hubUrl: hub.hubUrl, token, fetch },
    {
      repo: 'org/name',
      commit: 'c0ffee',
      path: 'model.safetensors',
      size,
      sha256: 'sha',
      oid: 'o',
    },
    { surroundings: fakeSurroundings(), ...options },
  );
}

/** As `toEqual`, which takes half a second for so many bytes. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** A small linear congruential generator: the same drops for the same seed. */
function chance(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a read', () => {
  test('asks the Hub once, then its storage', async () => {
    const source = open();
    expect(await source.read(10, 20)).toEqual(file.slice(10, 20));
    expect(await source.read(50, 52)).toEqual(file.slice(50, 52));
    expect(hub.asked).toEqual(['hub bytes=10-19', 'cdn bytes=10-19', 'cdn bytes=50-51']);
  });

  test('asks for nothing when it is empty', async () => {
    expect(await open().read(7, 7)).toEqual(new Uint8Array());
    expect(hub.asked).toEqual([]);
  });

  test('that is large goes in ranges, a bounded number in flight, one of them by the Hub', async () => {
    let inFlight = 0;
    let most = 0;
    hub.answer = (request, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        hub.sendRange(request, response);
      }, 200);
    };
    const source = open({ rangeBytes: 9_000, parallel: 3 });
    expect(isSame(await source.read(1, file.length), file.slice(1))).toBe(true);
    expect(hub.asked.filter((each) => each.startsWith('hub'))).toEqual(['hub bytes=1-9000']);
    expect(hub.asked.filter((each) => each.startsWith('cdn'))).toHaveLength(12);
    expect(most).toBe(3);
  });

  test('keeps the token from the storage', async () => {
    await open().read(0, 10);
    await open({ rangeBytes: 10 }).read(0, 100);
    expect(hub.leaked).toEqual([]);
  });

  test('counts what came', async () => {
    let bytes = 0;
    const onBytes = (more: number) => {
      bytes += more;
    };
    await open({ rangeBytes: 300, onBytes }).read(100, 1_100);
    expect(bytes).toBe(1_000);
  });
});

describe('a connection dropped at random bytes', () => {
  const seeds = Array.from({ length: 20 }, (_, i) => i + 1);

  test.each(seeds)('gives the same bytes, each fetched once: seed %i', async (seed) => {
    const next = chance(seed);
    let bytes = 0;
    hub.answer = (request, response) => {
      const drops = next() < 0.6;
      hub.sendRange(request, response, drops ? Math.floor(next() * 12_000) : undefined);
    };
    const onBytes = (more: number) => {
      bytes += more;
    };
    const source = open({ rangeBytes: 16_384, onBytes });
    expect(isSame(await source.read(3, file.length), file.slice(3))).toBe(true);
    expect(bytes).toBe(file.length - 3);
  });

  test('goes on at the byte it reached', async () => {
    let count = 0;
    hub.answer = (request, response) => {
      count += 1;
      hub.sendRange(request, response, count === 1 ? 40 : undefined);
    };
    expect(await open().read(0, 100)).toEqual(file.slice(0, 100));
    expect(hub.asked).toEqual(['hub bytes=0-99', 'cdn bytes=0-99', 'cdn bytes=40-99']);
  });

  test('gives up when nothing comes any more', async () => {
    hub.answer = (_, response) => {
      response.writeHead(206, { 'content-length': '10' });
      response.write('', () => response.socket?.destroy());
      response.flushHeaders();
    };
    await expect(open().read(0, 10)).rejects.toMatchObject({
      tag: expect.stringMatching(/network|blocked/),
    });
  });
});

test('an address that expired is asked for again', async () => {
  const source = open();
  await source.read(0, 10);
  hub.expire();
  expect(await source.read(10, 20)).toEqual(file.slice(10, 20));
  expect(hub.asked.slice(2)).toEqual(['cdn bytes=10-19', 'hub bytes=10-19', 'cdn bytes=10-19']);
});

test('storage that refuses every address ends in an error, not in a circle', async () => {
  hub.answer = (_, response) => response.writeHead(403).end();
  await expect(open().read(0, 10)).rejects.toMatchObject({ name: 'ReadError', tag: 'status' });
  expect(hub.asked.length).toBeLessThan(20);
});

describe('a server that ignores ranges', () => {
  beforeEach(() => {
    hub.answer = (_, response) => response.writeHead(200, { etag: '"v1"' }).end(file);
  });

  test('sends a small file whole, once', async () => {
    const source = open({ rangeBytes: 10 });
    expect(await source.read(50, 90)).toEqual(file.slice(50, 90));
    expect(await source.read(99_990, 100_000)).toEqual(file.slice(99_990));
    expect(hub.asked.filter((each) => each.startsWith('cdn')).length).toBeLessThanOrEqual(4);
  });

  test('sends it again when other files have taken its place', async () => {
    const wholes = new WholeFiles(2.5 * file.length);
    const [one, two, three] = [open({ wholes }), open({ wholes }), open({ wholes })];
    const fetched = async (source: Source) => {
      const before = hub.asked.length;
      expect(isSame(await source.read(7, 20), file.slice(7, 20))).toBe(true);
      return hub.asked.length > before;
    };
    expect([await fetched(one), await fetched(two), await fetched(one)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await fetched(three)).toBe(true); // the second goes
    expect([await fetched(one), await fetched(three), await fetched(two)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('gives the beginning of a large one, and an error for the rest', async () => {
    const source = open({}, 65 * 2 ** 20);
    expect(await source.read(0, 10)).toEqual(file.slice(0, 10));
    await expect(source.read(10, 20)).rejects.toMatchObject({
      tag: 'status',
      context: { found: 'HTTP status 200, the whole file' },
    });
  });
});

describe('a file that changed is noticed', () => {
  test('by its ETag', async () => {
    const source = open();
    await source.read(0, 10);
    hub.answer = (request, response) => {
      const [, first, last] = /(\d+)-(\d+)/.exec(request.headers.range!)!.map(Number);
      response.writeHead(206, { etag: '"v2"' }).end(file.subarray(first, last + 1));
    };
    await expect(source.read(0, 10)).rejects.toMatchObject({
      tag: 'changed',
      context: { found: 'content v2', expected: 'v1' },
    });
  });

  test('by its size', async () => {
    await expect(open({}, file.length + 1).read(0, 10)).rejects.toMatchObject({ tag: 'changed' });
  });

  test('by a range that is not there', async () => {
    hub.answer = (_, response) => response.writeHead(416).end();
    await expect(open().read(0, 10)).rejects.toMatchObject({ tag: 'changed' });
  });
});

test('a body that ends early is asked for the rest, and in vain only a few times', async () => {
  let count = 0;
  hub.answer = (request, response) => {
    count += 1;
    const [, first, last] = /(\d+)-(\d+)/.exec(request.headers.range!)!.map(Number);
    response.writeHead(206).end(count > 1 ? '' : file.subarray(first, last - 1));
  };
  await expect(open().read(0, 10)).rejects.toMatchObject({
    tag: 'short',
    context: { found: 'no bytes after byte 8', file: 'model.safetensors' },
  });
  expect(count).toBe(7);
});

test('an abort ends all ranges, with its reason', async () => {
  hub.answer = () => {};
  const stop = new AbortController();
  const reading = open({ rangeBytes: 1_000 }).read(0, 10_000, stop.signal);
  setTimeout(() => stop.abort(), 20);
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});

test('a wait that is cut short is over', async () => {
  const stop = new AbortController();
  const waits: (string | undefined)[] = [];
  const options: HubSourceOptions = {
    surroundings: fakeSurroundings(() => stop.abort()),
    onWait: (wait) => waits.push(wait?.reason),
  };
  hub.answer = (request, response) => hub.sendRange(request, response, 4);
  await expect(open(options).read(0, 10, stop.signal)).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(waits).toEqual(['network', undefined]);
});

test('a connection that falls silent is left for another', async () => {
  let count = 0;
  hub.answer = (request, response) => {
    count += 1;
    if (count > 1) return hub.sendRange(request, response);
    response.writeHead(206, { 'content-length': '100' }).write(file.subarray(0, 30));
  };
  expect(await open({ stallSeconds: 0.1 }).read(0, 100)).toEqual(file.slice(0, 100));
  expect(hub.asked.at(-1)).toBe('cdn bytes=30-99');
});

test('a range that fails ends the others', async () => {
  const ended = new Promise<void>((resolve) => {
    hub.answer = (request, response) => {
      if (request.headers.range === 'bytes=0-9') hub.sendRange(request, response);
      else if (request.headers.range === 'bytes=10-19') response.on('close', resolve);
      else setTimeout(() => response.writeHead(416).end(), 20);
    };
  });
  const source = open({ rangeBytes: 10, parallel: 3 });
  await expect(source.read(0, 30)).rejects.toMatchObject({ tag: 'changed' });
  await ended;
});

test('where storage is blocked and the file is not kept in Xet, the error says blocked', async () => {
  const noStorage: typeof fetch = async (input, init) => {
    if (String(input).includes('/resolve/')) throw new TypeError('blocked');
    return fetch(input, init);
  };
  const source = hubSource(
    { hubUrl: hub.hubUrl, token, fetch: noStorage },
    { repo: 'org/name', commit: 'c', path: 'a', size: 9, sha256: null, oid: 'o' },
    { surroundings: fakeSurroundings() },
  );
  await expect(source.read(0, 9)).rejects.toMatchObject({ name: 'HubError', tag: 'blocked' });
});
