import { afterEach, expect, test, vi } from 'vitest';
import { withUploadProgress } from './upload-fetch.ts';

/** Sends in two halves; answers, or fails, when it is told to. */
class FakeRequest extends EventTarget {
  static latest: FakeRequest;
  upload = new EventTarget();
  status = 201;
  statusText = '';
  responseText = '{"ok":true}';
  responseURL = '';
  opened: readonly string[] = [];
  headers: Record<string, string> = {};
  aborted = false;
  open = (...opened: string[]) => {
    this.opened = opened;
    FakeRequest.latest = this;
  };
  setRequestHeader = (name: string, value: string) => {
    this.headers[name] = value;
  };
  getAllResponseHeaders = () => 'etag: "a:b"\r\nratelimit: "api";r=0;t=5\r\n';
  send = () => {
    const half = { lengthComputable: true, loaded: 5, total: 10 };
    this.upload.dispatchEvent(Object.assign(new Event('progress'), half));
  };
  abort = () => {
    this.aborted = true;
  };
}

afterEach(() => vi.unstubAllGlobals());

const plain = async () => new Response('plain');

function ask(hint: object, init: RequestInit = {}, upload = withUploadProgress(plain)) {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  const all = { method: 'PUT', headers: { a: 'b' }, body: 'x', ...init, progressHint: hint };
  return upload('https://store.test/put', all);
}

test('a request with a hint tells how much has left, and is answered as by fetch', async () => {
  const told: number[] = [];
  const asked = ask({ progressCallback: (part: number) => told.push(part) });
  const { latest } = FakeRequest;
  latest.dispatchEvent(new Event('load'));
  const reply = await asked;
  expect(told).toEqual([0.5]);
  expect(latest.opened).toEqual(['PUT', 'https://store.test/put']);
  expect(latest.headers).toEqual({ a: 'b' });
  expect([reply.status, reply.url]).toEqual([201, 'https://store.test/put']);
  expect(reply.headers.get('etag')).toBe('"a:b"');
  expect(reply.headers.get('ratelimit')).toBe('"api";r=0;t=5');
  expect(await reply.json()).toEqual({ ok: true });
});

test('parts of one file add up', () => {
  const told: number[] = [];
  const progressCallback = (part: number) => told.push(part);
  const upload = withUploadProgress(plain);
  for (const part of [0, 1]) void ask({ progressCallback, part, numParts: 4 }, {}, upload);
  expect(told).toEqual([0.125, 0.25]);
});

test('it fails as fetch does, and stops when it is aborted', async () => {
  const failing = ask({ progressCallback: () => {} });
  FakeRequest.latest.dispatchEvent(new Event('error'));
  await expect(failing).rejects.toBeInstanceOf(TypeError);
  const stop = new AbortController();
  const stopped = ask({ progressCallback: () => {} }, { signal: stop.signal });
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  expect(FakeRequest.latest.aborted).toBe(true);
});

test('without a hint, or where there is no XMLHttpRequest, it is plain fetch', async () => {
  expect(await (await withUploadProgress(plain)('https://x.test')).text()).toBe('plain');
  vi.stubGlobal('XMLHttpRequest', undefined);
  const hinted = { method: 'PUT', progressHint: { progressCallback: () => {} } };
  expect(await (await withUploadProgress(plain)('https://x.test', hinted)).text()).toBe('plain');
});
