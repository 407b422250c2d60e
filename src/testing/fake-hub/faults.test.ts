import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeHub } from './server.ts';
import { noisyBytes, startSmallHub } from './small-hub.ts';

const file = noisyBytes(600_000);
const address = 'ann/big/resolve/main/model.safetensors';

let hub: FakeHub;
beforeAll(async () => {
  hub = await startSmallHub({ repos: [{ id: 'ann/big', files: { 'model.safetensors': file } }] });
});
afterAll(() => hub.close());
beforeEach(() => hub.forgetRequests());
afterEach(() => hub.faults.clear());

const get = (range = 'bytes=0-99') => fetch(`${hub.url}/${address}`, { headers: { range } });

/** What arrives before the connection breaks, or all. */
async function received(response: Response): Promise<{ bytes: Uint8Array; isBroken: boolean }> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of response.body!) pieces.push(piece);
    return { bytes: Buffer.concat(pieces), isBroken: false };
  } catch {
    return { bytes: Buffer.concat(pieces), isBroken: true };
  }
}

test('a fault hits as often as it says, after those it lets pass, and where it says', async () => {
  hub.faults.add({ kind: 'status', status: 503, path: /\/resolve\//, skip: 1, times: 2 });
  hub.faults.add({ kind: 'status', status: 500, origin: 'cas' });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i += 1) statuses.push((await get()).status);
  expect(statuses).toEqual([206, 503, 503, 206]);
});

test.each([
  ['RateLimit', 'ratelimit', '"resolvers";r=0;t=55'],
  ['Retry-After', 'retry-after', '55'],
] as const)('a rate limit says how long to wait in %s', async (says, header, value) => {
  hub.faults.add({ kind: 'rate-limit', seconds: 55, says });
  const response = await get();
  expect([response.status, response.headers.get(header)]).toEqual([429, value]);
});

test('a refused connection has no status', async () => {
  hub.faults.add({ kind: 'refused' });
  await expect(get()).rejects.toThrow(TypeError);
  expect(hub.requests).toMatchObject([{ status: 0, bytesSent: 0 }]);
});

describe('a dropped connection', () => {
  test('brings what was sent before, and breaks', async () => {
    hub.faults.add({ kind: 'drop', after: 300_001, origin: 'cdn' });
    const { bytes, isBroken } = await received(await get('bytes=0-599999'));
    expect(isBroken).toBe(true);
    expect(Buffer.compare(bytes, file.subarray(0, 300_001))).toBe(0);
    expect(hub.requests[1].bytesSent).toBe(300_001);
  });

  test('breaks at the same places for the same seed, at others for another', async () => {
    const places = async (seed: number) => {
      hub.forgetRequests();
      hub.faults.add({ kind: 'drop', after: { seed }, origin: 'cdn', times: 3 });
      for (let i = 0; i < 3; i += 1) {
        expect((await received(await get('bytes=0-599999'))).isBroken).toBe(true);
      }
      return hub.requests.filter(({ origin }) => origin === 'cdn').map((each) => each.bytesSent);
    };
    const [first, again, other] = [await places(1), await places(1), await places(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first).size).toBe(3);
  });
});

test('an ignored range brings the whole file with 200', async () => {
  hub.faults.add({ kind: 'range-ignored', origin: 'cdn' });
  const response = await get();
  expect([response.status, response.headers.get('content-range')]).toEqual([200, null]);
  expect((await response.arrayBuffer()).byteLength).toBe(600_000);
});

test('a short body ends in good order', async () => {
  hub.faults.add({ kind: 'short', missing: 30, origin: 'cdn' });
  const response = await get();
  expect(response.headers.get('content-range')).toBe('bytes 0-99/600000');
  const { bytes, isBroken } = await received(response);
  expect([bytes.length, isBroken]).toEqual([70, false]);
});

test('a changed ETag, an expired address', async () => {
  hub.faults.add({ kind: 'etag', etag: '"other"', origin: 'cdn' });
  expect((await get()).headers.get('etag')).toBe('"other"');
  hub.faults.add({ kind: 'expired', origin: 'cdn' });
  expect((await get()).status).toBe(403);
  expect((await get()).status).toBe(206);
});

test('slowness is as slow as it says', async () => {
  const started = performance.now();
  hub.faults.add({ kind: 'latency', milliseconds: 100, origin: 'hub' });
  hub.faults.add({ kind: 'slow', bytesPerSecond: 1000, origin: 'cdn' });
  await (await get('bytes=0-199')).arrayBuffer();
  expect(performance.now() - started).toBeGreaterThan(250);
});
