import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FakeHub } from './server.ts';
import { startSmallHub } from './small-hub.ts';

let hub: FakeHub;
beforeAll(async () => {
  hub = await startSmallHub();
});
afterAll(() => hub.close());
afterEach(() => hub.faults.clear());

const preflight = (url: string, headers: string) =>
  fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://page.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': headers,
    },
  });

test.each([
  ['a reply', '/api/models', 200],
  ['an error', '/ann/base/resolve/main/absent', 404],
  ['a redirect', '/ann/base/resolve/main/model.safetensors', 302],
  ['an unknown address', '/nothing', 404],
])('%s may be read by any page, headers too', async (_, path, status) => {
  const response = await fetch(hub.url + path, { redirect: 'manual' });
  expect(response.status).toBe(status);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  const exposed = response.headers.get('access-control-expose-headers')!.split(', ');
  expect(exposed).toEqual(
    expect.arrayContaining(['Content-Range', 'ETag', 'Link', 'X-Error-Code', 'X-Linked-Size']),
  );
  expect(response.headers.get('x-request-id')).toMatch(/^fake-\d+$/);
});

test('the Hub lets pages send a token, storage does not', async () => {
  const asked = 'authorization, range';
  const toHub = await preflight(`${hub.url}/api/models`, asked);
  expect(toHub.status).toBe(204);
  expect(toHub.headers.get('access-control-allow-headers')).toBe('authorization, range');
  const toStorage = await preflight(`${hub.cdnUrl}/objects/a`, asked);
  expect(toStorage.headers.get('access-control-allow-headers')).toBe('range');
  expect(hub.requests.at(-1)).toMatchObject({ method: 'OPTIONS', origin: 'cdn', status: 204 });
});

test('preflights use up no fault', async () => {
  hub.faults.add({ kind: 'status', status: 503 });
  expect((await preflight(`${hub.url}/api/models`, 'range')).status).toBe(204);
  expect((await fetch(`${hub.url}/api/models`)).status).toBe(503);
});

test('a host that is closed to pages sends no such header', async () => {
  hub.faults.add({ kind: 'no-cors', origin: 'cdn' });
  const response = await fetch(`${hub.url}/ann/base/resolve/main/model.safetensors`);
  expect(response.status).toBe(200);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});
