import { expect, test } from 'vitest';
import { fakeSurroundings } from '../testing/fake-surroundings.ts';
import { stubFetch } from '../testing/stub-fetch.ts';
import { probe } from './probe.ts';

const hubUrl = 'https://hub.test';

function first(answer: () => Response) {
  const { fetch, requests } = stubFetch(hubUrl, answer);
  const connection = { hubUrl, token: 'hf_secret', fetch };
  return { result: probe(connection, { surroundings: fakeSurroundings() }), requests };
}

test('a Hub that answers is reached, with one request and no token', async () => {
  const { result, requests } = first(() => Response.json([]));
  expect(await result).toBe('ok');
  expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual([null]);
});

test('no answer while online: something blocks it, and what to do', async () => {
  const { result } = first(() => {
    throw new TypeError('Failed to fetch');
  });
  expect(await result).toMatchObject({
    tag: 'blocked',
    message: expect.stringContaining('extension'),
  });
});

test('a server in trouble', async () => {
  const { result } = first(() => new Response('', { status: 502 }));
  expect(await result).toMatchObject({ tag: 'server', context: { status: 502 } });
});
