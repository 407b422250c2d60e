import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { httpSource } from './http.ts';

const file = Uint8Array.from({ length: 100 }, (_, i) => i);
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let requests: IncomingMessage[] = [];
let answer: Answer;
let url = '';
const server = createServer((request, response) => {
  requests.push(request);
  answer(request, response);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.bin`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  requests = [];
});

const ranges: Answer = (request, response) => {
  const [, begin, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
  response.writeHead(206, { 'content-range': `bytes ${begin}-${last}/${file.length}` });
  response.end(file.slice(Number(begin), Number(last) + 1));
};
const whole: Answer = (_, response) => {
  response.writeHead(200).end(file);
};
const status =
  (code: number): Answer =>
  (_, response) => {
    response.writeHead(code).end('no');
  };

const source = (size = file.length) => httpSource('m/a.bin', url, size);

test('asks for the range and nothing else', async () => {
  answer = ranges;
  expect(await source().read(10, 13)).toEqual(Uint8Array.of(10, 11, 12));
  expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=10-12']);
});

test('asks nothing for no bytes', async () => {
  expect(await source().read(5, 5)).toEqual(new Uint8Array());
  expect(requests).toEqual([]);
});

describe('a server without ranges', () => {
  test('sends a small file whole, once', async () => {
    answer = whole;
    const small = source();
    expect(await small.read(98, 100)).toEqual(Uint8Array.of(98, 99));
    expect(await small.read(0, 1)).toEqual(Uint8Array.of(0));
    expect(requests).toHaveLength(1);
  });

  test('is refused for a large one', async () => {
    answer = whole;
    await expect(source(65 * 2 ** 20).read(0, 1)).rejects.toMatchObject({
      tag: 'status',
      context: { found: 'HTTP status 200, the whole file', file: 'm/a.bin' },
    });
  });
});

describe('reading fails', () => {
  test.each<[tag: string, answer: Answer, size: number, found: string]>([
    ['missing', status(404), 100, 'HTTP status 404'],
    ['status', status(503), 100, 'HTTP status 503'],
    ['short', ranges, 101, '100 bytes'],
    ['short', whole, 99, '100 bytes'],
    ['short', (_, response) => response.writeHead(206).end(file.slice(0, 3)), 100, '3 bytes'],
    ['network', (_, response) => response.destroy(), 100, 'no answer from the server'],
    [
      'network',
      (_, response) => {
        response.writeHead(206, { 'content-length': '10' });
        response.write('half', () => response.destroy());
      },
      100,
      'a broken transfer',
    ],
  ])('%s: %#', async (tag, how, size, found) => {
    answer = how;
    await expect(source(size).read(0, 10)).rejects.toMatchObject({
      name: 'ReadError',
      tag,
      context: { file: 'm/a.bin', found },
    });
  });

  test('with the abort itself when aborted, before and during the answer', async () => {
    answer = (_, response) => response.writeHead(206).write('half');
    await expect(source().read(0, 10, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(requests).toEqual([]);
    await expect(source().read(0, 10, AbortSignal.timeout(50))).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await expect(source().read(0, 10, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
