import { describe, expect, test } from 'vitest';
import { fakeSurroundings } from '../testing/fake-surroundings.ts';
import { type HubFetchOptions, hubFetch, type Wait } from './connection.ts';

const hubUrl = 'https://hub.test';
const token = 'hf_secret';

type Sent = { readonly url: string; readonly init: RequestInit };

/** Answers in turn, the last for ever. */
function connect(answers: readonly (Response | Error)[], options: HubFetchOptions = {}) {
  const sent: Sent[] = [];
  const waits: (Wait | null)[] = [];
  const around = fakeSurroundings();
  const fake: typeof fetch = async (input, init = {}) => {
    sent.push({ url: String(input), init });
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    const { status, headers } = answer;
    return Object.defineProperty(new Response('', { status, headers }), 'url', {
      value: String(input),
    });
  };
  const ask = hubFetch(
    { hubUrl, token, fetch: fake },
    { surroundings: around, onWait: (wait) => waits.push(wait), ...options },
  );
  return { ask, sent, waits, around };
}

const status = (code: number, headers: HeadersInit = {}) =>
  new Response('', { status: code, headers });
const authorization = ({ init }: Sent) => new Headers(init.headers).get('authorization');
const lost = new TypeError('fetch failed');

describe('the token', () => {
  test('goes to the Hub, and nothing from a cache comes back', async () => {
    const { ask, sent } = connect([status(200)]);
    await ask(`${hubUrl}/api/models`);
    expect(authorization(sent[0])).toBe('Bearer hf_secret');
    expect(sent[0].init.cache).toBe('no-store');
  });

  test.each(['https://cdn.test/a', 'https://hub.test.evil.test/', 'http://hub.test/'])(
    'never goes to %s, even when a library asks for it',
    async (url) => {
      const { ask, sent } = connect([status(200)]);
      await ask(url, { headers: { authorization: `Bearer ${token}`, range: 'bytes=0-1' } });
      expect(authorization(sent[0])).toBeNull();
      expect(new Headers(sent[0].init.headers).get('range')).toBe('bytes=0-1');
    },
  );

  test('leaves the tokens of storage hosts alone', async () => {
    const { ask, sent } = connect([status(200)]);
    await ask('https://cas.test/v1', { headers: { authorization: 'Bearer of-the-store' } });
    expect(authorization(sent[0])).toBe('Bearer of-the-store');
  });
});

describe('trying again', () => {
  test('waits as long as a 429 says, by either header', async () => {
    const { ask, around, waits } = connect([
      status(429, { ratelimit: '"api";r=0;t=55' }),
      status(429, { 'retry-after': '7' }),
      status(200),
    ]);
    expect((await ask(`${hubUrl}/a`)).status).toBe(200);
    expect(around.slept).toEqual([55_500, 7_500]);
    expect(waits).toEqual([
      { reason: 'rate-limited', seconds: 55.5 },
      null,
      { reason: 'rate-limited', seconds: 7.5 },
      null,
    ]);
  });

  test('doubles its waits after 5xx and lost connections', async () => {
    const { ask, around } = connect([status(502), lost, status(503), status(200)]);
    await ask(`${hubUrl}/a`);
    expect(around.slept).toEqual([375, 750, 1500]);
  });

  test('ends: one try and five more', async () => {
    const { ask, sent } = connect([status(500)]);
    await expect(ask(`${hubUrl}/a`)).rejects.toMatchObject({
      tag: 'server',
      context: { status: 500 },
    });
    expect(sent).toHaveLength(6);
  });

  test('does not wait longer than ten minutes', async () => {
    const { ask, sent } = connect([status(429, { 'retry-after': '3600' })]);
    await expect(ask(`${hubUrl}/a`)).rejects.toMatchObject({
      tag: 'rate-limited',
      context: { retryAfter: 3600 },
    });
    expect(sent).toHaveLength(1);
  });

  test('never repeats what may have been done already', async () => {
    const { ask, sent } = connect([status(502)]);
    await expect(ask(`${hubUrl}/a`, { method: 'POST' })).rejects.toMatchObject({ tag: 'server' });
    expect(sent).toHaveLength(1);
  });

  test('stops at an abort, with its reason', async () => {
    const stop = new AbortController();
    const around = fakeSurroundings(() => stop.abort(new Error('enough')));
    const { ask, sent } = connect([lost], { signal: stop.signal, surroundings: around });
    await expect(ask(`${hubUrl}/a`)).rejects.toThrow('enough');
    expect(sent).toHaveLength(1);
  });
});

test('offline, it asks nothing until the device is back', async () => {
  const around = fakeSurroundings((count) => around.setOnline(count === 10));
  around.setOnline(false);
  const { ask, sent, waits } = connect([status(200)], { surroundings: around });
  await ask(`${hubUrl}/a`);
  expect(around.slept).toEqual(Array(10).fill(500));
  expect(sent).toHaveLength(1);
  expect(waits).toEqual([{ reason: 'offline', seconds: null }, null]);
});

describe('while a person looks on', () => {
  test('being offline is said at once', async () => {
    const { ask, around, sent } = connect([status(200)], { patience: 5 });
    around.setOnline(false);
    await expect(ask(`${hubUrl}/api/models`)).rejects.toMatchObject({
      tag: 'offline',
      message: expect.stringContaining('this device is offline'),
    });
    expect(sent).toEqual([]);
  });

  test('a wait that would be long is an answer, a short one is waited for', async () => {
    const busy = (seconds: number) => status(429, { 'retry-after': String(seconds) });
    const long = connect([busy(90), status(200)], { patience: 5 });
    await expect(long.ask(`${hubUrl}/api/models`)).rejects.toMatchObject({ tag: 'rate-limited' });
    const short = connect([busy(2), status(200)], { patience: 5 });
    expect((await short.ask(`${hubUrl}/api/models`)).status).toBe(200);
  });
});

test('a wait that is aborted is over', async () => {
  const stop = new AbortController();
  const { ask, around, waits } = connect([status(200)], { signal: stop.signal });
  around.setOnline(false);
  const asked = ask(`${hubUrl}/api/models`);
  await Promise.resolve();
  stop.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  expect(waits.at(-1)).toBeNull();
});

test('no answer while online means that something blocks it', async () => {
  const { ask } = connect([lost]);
  await expect(ask(`${hubUrl}/a`)).rejects.toMatchObject({
    tag: 'blocked',
    context: { file: 'hub.test' },
    cause: lost,
  });
});

test('a failing reply of another host is left to the asker', async () => {
  const { ask, sent } = connect([status(403)]);
  expect((await ask('https://cdn.test/a')).status).toBe(403);
  expect(sent).toHaveLength(1);
});
