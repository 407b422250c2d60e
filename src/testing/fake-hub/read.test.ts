import {
  downloadFile,
  fileDownloadInfo,
  listFiles,
  parseSafetensorsMetadata,
  pathsInfo,
} from '@huggingface/hub';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asContent, sha256Of } from './content.ts';
import type { FakeHub } from './server.ts';
import { noisyBytes, startSmallHub, weights } from './small-hub.ts';

let hub: FakeHub;
let now = Date.parse('2026-05-01T00:00:00Z');
beforeEach(async () => {
  hub = await startSmallHub({ now: () => now, limits: { treePage: 3, addressSeconds: 60 } });
});
afterEach(() => hub.close());

const resolve = (path: string, init?: RequestInit) => fetch(`${hub.url}/${path}`, init);
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

test('the tree lists files with size and sha256, page after page', async () => {
  const found: unknown[] = [];
  for await (const { path, type, size, lfs } of listFiles({
    repo: 'ann/base',
    recursive: true,
    hubUrl: hub.url,
  })) {
    found.push([path, type, size, lfs?.oid]);
  }
  expect(found).toEqual([
    ['README.md', 'file', 34, undefined],
    ['config.json', 'file', expect.any(Number), undefined],
    ['model.safetensors', 'file', weights.length, sha256Of(asContent(weights))],
    ['notes', 'directory', 0, undefined],
    ['notes/a b#1.txt', 'file', 14, undefined],
  ]);
  expect(hub.requests).toHaveLength(2);
});

test('without recursive, the tree stops at folders; with a path it starts there', async () => {
  const at = async (path: string) =>
    (await (await resolve(`api/models/ann/base/tree/main${path}`)).json()).map(
      (entry: { path: string }) => entry.path,
    );
  expect(await at('?limit=2')).toEqual(['README.md', 'config.json']);
  expect(await at('/notes')).toEqual(['notes/a b#1.txt']);
});

test('paths-info describes the files it is asked for', async () => {
  const paths = ['config.json', 'absent', 'notes'];
  const found = await pathsInfo({ repo: 'ann/base', paths, expand: true, hubUrl: hub.url });
  expect(found.map(({ path, type }) => [path, type])).toEqual([
    ['config.json', 'file'],
    ['notes', 'directory'],
  ]);
  expect(found[0].lastCommit.id).toBe(hub.repos.get('ann/base')!.refs.get('main'));
});

describe('a small file', () => {
  test('comes from the Hub itself, whole or in part', async () => {
    const path = 'ann/base/resolve/main/notes/a%20b%231.txt';
    expect(await (await resolve(path)).text()).toBe('ranges of text');
    const part = await resolve(path, { headers: { range: 'bytes=7-8' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 7-8/14']);
    expect(await part.text()).toBe('of');
    expect(hub.requests.every(({ origin }) => origin === 'hub')).toBe(true);
  });

  test.each([
    ['past the end is cut there', 'bytes=10-99', 206, 'text', 'bytes 10-13/14'],
    ['without an end goes to the end', 'bytes=10-', 206, 'text', 'bytes 10-13/14'],
    ['after the end is refused', 'bytes=14-20', 416, '', 'bytes */14'],
    ['that ends before it starts is ignored', 'bytes=5-4', 200, 'ranges of text', null],
  ])('a range %s', async (_, range, status, text, contentRange) => {
    const path = 'ann/base/resolve/main/notes/a%20b%231.txt';
    const response = await resolve(path, { headers: { range } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(await response.text()).toBe(text);
  });

  test('has no body when only its head is asked for', async () => {
    const response = await resolve('ann/base/raw/main/config.json', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(60);
    expect(hub.requests[0]).toMatchObject({ method: 'HEAD', bytesSent: 0 });
  });
});

describe('a large file', () => {
  const path = 'ann/base/resolve/main/model.safetensors';

  test('is redirected to a signed address, with size and sha256 on the way', async () => {
    const response = await resolve(path, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(new URL(response.headers.get('location')!).origin).toBe(hub.cdnUrl);
    expect(response.headers.get('x-linked-size')).toBe(String(weights.length));
    expect(response.headers.get('x-linked-etag')).toBe(`"${sha256Of(asContent(weights))}"`);
    expect(response.headers.get('x-repo-commit')).toBe(hub.repos.get('ann/base')!.refs.get('main'));
  });

  test('comes from storage, which is not shown the token', async () => {
    const headers = { range: 'bytes=8-15', authorization: 'Bearer hf_owner' };
    const response = await resolve(path, { headers });
    expect(await bytesOf(response)).toEqual(weights.slice(8, 16));
    expect(hub.requests).toMatchObject([
      { origin: 'hub', status: 302, isAuthorized: true, range: 'bytes=8-15' },
      { origin: 'cdn', status: 206, isAuthorized: false, range: 'bytes=8-15', bytesSent: 8 },
    ]);
  });

  test('is refused by storage with a token, a changed signature, or too late', async () => {
    const { url } = await resolve(path);
    const at = async (address: string, init?: RequestInit) => (await fetch(address, init)).status;
    expect(await at(url)).toBe(200);
    expect(await at(url, { headers: { authorization: 'Bearer hf_owner' } })).toBe(400);
    expect(await at(url.replace(/Expires=\d/, 'Expires=9'))).toBe(403);
    now += 61_000;
    expect(await at(url)).toBe(403);
    expect((await resolve(path)).status).toBe(200);
  });

  test('is a pointer in git', async () => {
    const pointer = await (await resolve('ann/base/raw/main/model.safetensors')).text();
    expect(pointer).toContain(`oid sha256:${sha256Of(asContent(weights))}\nsize ${weights.length}`);
  });

  test('is read by the client library', async () => {
    const where = { repo: 'ann/base', path: 'model.safetensors', hubUrl: hub.url } as const;
    const info = await fileDownloadInfo(where);
    expect(info).toMatchObject({ size: weights.length, etag: `"${sha256Of(asContent(weights))}"` });
    const blob = await downloadFile(where);
    expect(new Uint8Array(await blob!.arrayBuffer())).toEqual(weights);
    const slice = await blob!.slice(3, 9).arrayBuffer();
    expect(new Uint8Array(slice)).toEqual(weights.slice(3, 9));
  });

  test('keeps what it was at an older commit', async () => {
    const before = await resolve('ann/base/resolve/v1/model.safetensors');
    expect(await bytesOf(before)).toEqual(noisyBytes(50));
    const pinned = hub.repos.get('ann/base')!.refs.get('main')!;
    hub.push('ann/base', { 'model.safetensors': noisyBytes(70) });
    const now = await resolve('ann/base/resolve/main/model.safetensors');
    expect(await bytesOf(now)).toEqual(noisyBytes(70));
    const then = await resolve(`ann/base/resolve/${pinned}/model.safetensors`);
    expect(await bytesOf(then)).toEqual(weights);
  });
});

test('headers are parsed by the client library', async () => {
  const parsed = await parseSafetensorsMetadata({
    repo: 'ann/base',
    hubUrl: hub.url,
    computeParametersCount: true,
  });
  expect(parsed).toMatchObject({
    sharded: false,
    parameterCount: { BF16: 12, F32: 2 },
    header: { 'a.weight': { dtype: 'BF16', shape: [4, 3] } },
  });
});

describe('a file in Xet storage', () => {
  const where = { repo: 'bob/xet', path: 'big.safetensors' } as const;
  const bytes = noisyBytes(17_000_001);

  test('says how to get it from the store to whoever asks for that', async () => {
    const info = await fileDownloadInfo({ ...where, hubUrl: hub.url });
    expect(info).toMatchObject({ size: bytes.length, xet: { hash: expect.any(String) } });
    expect(info!.xet!.reconstructionUrl.origin).toBe(hub.casUrl);
    expect(hub.requests).toMatchObject([{ status: 200, origin: 'hub' }]);
  });

  test('is put together from two xorbs by the client library', async () => {
    const blob = await downloadFile({ ...where, hubUrl: hub.url });
    expect(sha256Of(asContent(new Uint8Array(await blob!.arrayBuffer())))).toBe(
      sha256Of(asContent(bytes)),
    );
    expect(hub.requests.filter(({ path }) => path.startsWith('/xorbs/'))).toHaveLength(2);
  });

  test.each([
    ['in the first chunk', 5, 70],
    ['over chunks', 65_530, 200_000],
    ['over xorbs', 16_777_200, 16_777_300],
    ['at the end', 16_999_990, 17_000_001],
  ])('has slices: %s', async (_, begin, end) => {
    const blob = await downloadFile({ ...where, hubUrl: hub.url });
    const slice = new Uint8Array(await blob!.slice(begin, end).arrayBuffer());
    expect(slice).toEqual(bytes.slice(begin, end));
  });

  test('comes from the plain address too', async () => {
    const headers = { range: 'bytes=16777200-16777300' };
    const response = await resolve('bob/xet/resolve/main/big.safetensors', { headers });
    expect(await bytesOf(response)).toEqual(bytes.slice(16_777_200, 16_777_301));
    expect(hub.requests.map(({ origin }) => origin)).toEqual(['hub', 'cdn']);
  });

  test('is refused by the store without its token', async () => {
    const info = await fileDownloadInfo({ ...where, hubUrl: hub.url });
    const v2 = info!.xet!.reconstructionUrl.href.replace('/v1/', '/v2/');
    expect((await fetch(v2)).status).toBe(401);
  });
});

test('the Parquet files of a dataset are listed and read', async () => {
  const listed = await (await resolve('api/datasets/ann/results/parquet')).json();
  expect(Object.keys(listed)).toEqual(['default']);
  const [address] = listed.default.train;
  expect(await bytesOf(await fetch(address))).toEqual(noisyBytes(200));
  const split = await resolve('api/datasets/ann/results/parquet/default/train');
  expect(await split.json()).toEqual([address]);
  const file = await resolve('datasets/ann/results/resolve/main/data/train.parquet');
  expect(await bytesOf(file)).toEqual(noisyBytes(300));
});
