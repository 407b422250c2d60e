import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeHub, startFakeHub } from '../testing/fake-hub/server.ts';
import { fakeSurroundings } from '../testing/fake-surroundings.ts';
import { whoAmI } from './account.ts';
import type { HubConnection } from './connection.ts';
import type { HubFile } from './place.ts';
import { publish } from './publish.ts';
import { openRepo } from './repo.ts';
import { searchModels } from './search.ts';
import { hubSource } from './source.ts';

const weights = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 131 + (i >> 9)) % 251);
const config = new TextEncoder().encode(
  '{"architectures":["LlamaForCausalLM"],"model_type":"llama"}',
);
const files = { 'config.json': config, 'model.safetensors': weights };
const token = 'hf_owner';

let hub: FakeHub;
let connection: HubConnection;

beforeEach(async () => {
  hub = await startFakeHub({
    repos: [
      { id: 'org/lfs', files },
      { id: 'org/xet', files, storage: 'xet' },
      { id: 'org/plain', files, storage: 'plain' },
      { id: 'org/gated', files, gated: 'auto' },
      { id: 'org/hidden', files, private: true },
    ],
  });
  connection = { hubUrl: hub.url, token, fetch };
});
afterEach(() => hub.close());

const seen = () => hub.requests.map(({ origin, method }) => `${origin} ${method}`);
const around = () => ({ surroundings: fakeSurroundings() });

async function fileOf(repo: string, path = 'model.safetensors'): Promise<HubFile> {
  const { commit, files: listed } = await openRepo(connection, { repo, revision: null });
  const file = listed.find((each) => each.path === path)!;
  hub.forgetRequests();
  return { repo, commit, ...file };
}

const isSame = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

describe.each(['org/lfs', 'org/xet', 'org/plain'])('%s', (repo) => {
  test('opens in one request, with what a checklist needs', async () => {
    const opened = await openRepo(connection, { repo, revision: 'main' });
    expect(seen()).toEqual(['hub GET']);
    expect(opened.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(opened.model).toMatchObject({ architecture: 'LlamaForCausalLM', modelType: 'llama' });
    expect(opened.files.find(({ path }) => path === 'model.safetensors')?.size).toBe(300_000);
  });

  test('gives its bytes, and storage never sees the token', async () => {
    const source = hubSource(connection, await fileOf(repo), { rangeBytes: 50_000, ...around() });
    expect(isSame(await source.read(0, 300_000), weights)).toBe(true);
    const own = hub.requests.filter(({ origin }) => origin === 'hub');
    expect(own.length).toBe(repo === 'org/plain' ? 6 : 1);
    const leaks = hub.requests.filter(
      (each) => each.origin !== 'hub' && JSON.stringify(each).includes(token),
    );
    expect(leaks).toEqual([]);
  });
});

describe('the bytes of a file are the same', () => {
  test.each(Array.from({ length: 20 }, (_, i) => i + 1))(
    'over connections that drop, seed %i',
    async (seed) => {
      const file = await fileOf('org/lfs');
      hub.faults.add({ kind: 'drop', after: { seed }, origin: 'cdn', times: 12 });
      const source = hubSource(connection, file, { rangeBytes: 40_000, ...around() });
      expect(isSame(await source.read(5, 299_000), weights.subarray(5, 299_000))).toBe(true);
    },
  );

  test.each([
    { kind: 'range-ignored', origin: 'cdn' },
    { kind: 'short', missing: 7, origin: 'cdn' },
    { kind: 'expired', origin: 'cdn' },
    { kind: 'refused' },
    { kind: 'rate-limit', seconds: 3, origin: 'hub' },
    { kind: 'rate-limit', seconds: 3, says: 'Retry-After', origin: 'cdn' },
    { kind: 'status', status: 503 },
  ] as const)('after $kind', async (fault) => {
    const file = await fileOf('org/lfs');
    hub.faults.add(fault);
    const source = hubSource(connection, file, around());
    expect(isSame(await source.read(10, 90_000), weights.subarray(10, 90_000))).toBe(true);
    expect(hub.requests.length).toBeGreaterThan(fault.kind === 'range-ignored' ? 1 : 2);
  });

  test('through Xet, where the browser withholds what the storage answers', async () => {
    const file = await fileOf('org/xet');
    const withheld: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (response.url.includes('/objects/')) throw new TypeError('Failed to fetch');
      return response;
    };
    const source = hubSource({ ...connection, fetch: withheld }, file, {
      rangeBytes: 70_000,
      ...around(),
    });
    expect(isSame(await source.read(1, 250_000), weights.subarray(1, 250_000))).toBe(true);
    const leaks = hub.requests.filter(
      (each) => each.origin !== 'hub' && JSON.stringify(each).includes(token),
    );
    expect(leaks).toEqual([]);
  });
});

test('another ETag in the middle is noticed', async () => {
  const file = await fileOf('org/lfs');
  hub.faults.add({ kind: 'etag', etag: '"other"', origin: 'cdn', skip: 1 });
  const source = hubSource(connection, file, around());
  await source.read(0, 10);
  await expect(source.read(10, 20)).rejects.toMatchObject({ tag: 'changed' });
});

describe('no access is said in four ways', () => {
  const read = async (repo: string, as: string | null) => {
    const file = {
      repo,
      commit: 'main',
      path: 'model.safetensors',
      size: 9,
      sha256: null,
      oid: '',
    };
    return hubSource({ ...connection, token: as }, file, around())
      .read(0, 9)
      .catch((error: unknown) => error);
  };

  test.each([
    ['gated', 'org/gated', null, 401],
    ['gated', 'org/gated', 'hf_visitor', 403],
    ['private-or-missing', 'org/hidden', null, 401],
    ['private-or-missing', 'org/nothing', 'hf_visitor', 404],
    ['bad-token', 'org/lfs', 'hf_wrong', 401],
  ])('%s: %s as %s', async (tag, repo, as, status) => {
    expect(await read(repo, as)).toMatchObject({ tag, context: { status } });
  });

  test('no such revision, no such file', async () => {
    await expect(openRepo(connection, { repo: 'org/lfs', revision: 'v9' })).rejects.toMatchObject({
      tag: 'no-revision',
    });
    const file = { ...(await fileOf('org/lfs')), path: 'no.safetensors' };
    await expect(hubSource(connection, file, around()).read(0, 1)).rejects.toMatchObject({
      tag: 'no-file',
    });
  });
});

test('it is reached, searched, and knows who asks', async () => {
  expect(await whoAmI(connection)).toMatchObject({ name: 'owner', orgs: ['amalgam'] });
  const first = await searchModels(connection, { limit: 2 });
  expect(first.models).toHaveLength(2);
  const second = await searchModels(connection, { limit: 2, cursor: first.next! });
  const both = [...first.models, ...second.models].map(({ id }) => id);
  expect(new Set(both).size).toBe(4);
  const named = await searchModels(connection, { limit: 9, query: 'xet' });
  expect(named.models.map(({ id }) => id)).toEqual(['org/xet']);
});

test('what is published is what lies here', async () => {
  const sha256 = createHash('sha256').update(weights).digest('hex');
  const published = await publish(
    connection,
    {
      repo: 'owner/merged',
      create: true,
      visibility: 'public',
      license: null,
      title: 'Add the merged model',
      description: '',
      files: [
        { path: 'config.json', file: new File([config], 'config.json'), sha256: '' },
        { path: 'model.safetensors', file: new File([weights], 'm'), sha256 },
      ],
    },
    around(),
  );
  expect(published).toMatchObject({ verified: true, problems: [] });
  expect(isSame(hub.read('owner/merged', 'model.safetensors')!, weights)).toBe(true);
});
