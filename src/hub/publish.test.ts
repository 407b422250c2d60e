import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fakeSurroundings } from '../testing/fake-surroundings.ts';
import { stubFetch } from '../testing/stub-fetch.ts';
import { type Publication, type PublishProgress, publish } from './publish.ts';

const hubUrl = 'https://hub.test';
const weights = new Uint8Array(3_000).fill(7);
const sha256 = createHash('sha256').update(weights).digest('hex');
const config = '{"a":1}';
const blobId = createHash('sha1').update(`blob ${config.length}\0${config}`).digest('hex');

const publication: Publication = {
  repo: 'ada/merged',
  create: true,
  visibility: 'private',
  license: 'mit',
  title: 'Add the merged model',
  description: '',
  files: [
    { path: 'config.json', file: new File([config], 'config.json'), sha256: 'unused' },
    { path: 'model.safetensors', file: new File([weights], 'm'), sha256 },
  ],
};

const pushedFiles = [
  { rfilename: 'config.json', size: config.length, blobId },
  { rfilename: 'model.safetensors', size: 3_000, blobId: 'p', lfs: { sha256 } },
];

/** A Hub that takes large files by plain PUT; `special` answers first where it likes. */
function hub(special: (path: string) => Response | null = () => null) {
  const stub = stubFetch(hubUrl, ({ path }) => {
    const own = special(path);
    if (own) return own;
    if (path === '/api/repos/create') return Response.json({ url: '', id: '1' });
    if (path === '/api/repos/delete') return Response.json({});
    if (path.includes('/preupload/')) {
      return Response.json({
        files: [
          { path: 'config.json', uploadMode: 'regular' },
          { path: 'model.safetensors', uploadMode: 'lfs' },
        ],
      });
    }
    if (path.endsWith('/objects/batch')) {
      const actions = { upload: { href: 'https://store.test/put' } };
      return Response.json({ transfer: 'basic', objects: [{ oid: sha256, size: 3_000, actions }] });
    }
    if (path.startsWith('https://store.test')) return new Response('');
    if (path.includes('/commit/')) {
      return Response.json({ commitOid: 'c0ffee', commitUrl: `${hubUrl}/c`, hookOutput: '' });
    }
    return Response.json({ id: 'ada/merged', sha: 'c0ffee', siblings: pushedFiles });
  });
  const fetch: typeof stub.fetch = async (input, init) => {
    const response = await stub.fetch(input, init);
    init?.signal?.throwIfAborted();
    return response;
  };
  vi.stubGlobal('fetch', fetch);
  const progress: PublishProgress[] = [];
  const connection = { hubUrl, token: 'hf_secret', fetch };
  const surroundings = fakeSurroundings();
  const run = (changes: Partial<Publication> = {}, signal?: AbortSignal) =>
    publish(
      connection,
      { ...publication, ...changes },
      {
        signal,
        surroundings,
        onProgress: (each) => progress.push(each),
      },
    );
  const paths = () => stub.requests.map(({ method, path }) => `${method} ${path}`);
  return { run, progress, paths, requests: stub.requests, surroundings };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a repo is made, filled, and the pushed commit is the local files', async () => {
  const { run, progress, paths, requests } = hub();
  expect(await run()).toEqual({
    commit: 'c0ffee',
    url: `${hubUrl}/ada/merged`,
    verified: true,
    problems: [],
  });
  expect(paths()).toEqual([
    'POST /api/repos/create',
    'POST /api/models/ada/merged/preupload/main',
    'POST /ada/merged.git/info/lfs/objects/batch',
    'PUT https://store.test/put',
    'POST /api/models/ada/merged/commit/main',
    'GET /api/models/ada/merged/revision/c0ffee?blobs=true',
  ]);
  expect(progress.flatMap((each) => (each.kind === 'phase' ? each.phase : []))).toEqual([
    'creating',
    'preparing',
    'uploading',
    'committing',
    'verifying',
  ]);
  expect(progress).toContainEqual({
    kind: 'file',
    path: 'model.safetensors',
    state: 'uploading',
    part: 1,
  });
  expect(JSON.parse(String(requests[0].body))).toMatchObject({
    name: 'merged',
    organization: 'ada',
    visibility: 'private',
    license: 'mit',
  });
  const seen = requests.filter(({ headers }) => headers.has('authorization'));
  expect(seen.every(({ path }) => path.startsWith('/'))).toBe(true);
});

describe('the verification notices', () => {
  test.each([
    ['other weights', { ...pushedFiles[1], lfs: { sha256: 'e3b0' } }, 'other content on the Hub'],
    ['another length', { ...pushedFiles[1], size: 2 }, '2 bytes on the Hub'],
  ])('%s', async (_, changed, problem) => {
    const siblings = [pushedFiles[0], changed];
    const { run } = hub((path) =>
      path.includes('/revision/')
        ? Response.json({ id: 'ada/merged', sha: 'c0ffee', siblings })
        : null,
    );
    expect(await run()).toMatchObject({
      verified: false,
      problems: [`model.safetensors: ${problem}`],
    });
  });

  test('another small file, and a missing one', async () => {
    const siblings = [{ ...pushedFiles[0], blobId: 'other' }];
    const { run } = hub((path) =>
      path.includes('/revision/')
        ? Response.json({ id: 'ada/merged', sha: 'c0ffee', siblings })
        : null,
    );
    expect((await run()).problems).toEqual([
      'config.json: other content on the Hub',
      'model.safetensors: missing on the Hub',
    ]);
  });
});

describe('a push that fails', () => {
  const refuse = (path: string) =>
    path.includes('/commit/') ? Response.json({ error: 'no right' }, { status: 403 }) : null;

  test('leaves no empty repo behind', async () => {
    const { run, paths } = hub(refuse);
    await expect(run()).rejects.toMatchObject({ tag: 'forbidden', context: { found: 'no right' } });
    expect(paths().at(-1)).toBe('DELETE /api/repos/delete');
  });

  test('or says that it does', async () => {
    const { run, progress } = hub((path) =>
      path.endsWith('/delete') ? new Response('', { status: 403 }) : refuse(path),
    );
    await expect(run()).rejects.toMatchObject({
      context: { advice: expect.stringContaining('still there and empty') },
    });
    expect(progress.at(-1)).toEqual({ kind: 'left-behind', url: `${hubUrl}/ada/merged` });
  });

  test('never removes a repo that was there before', async () => {
    const { run, paths } = hub(refuse);
    await expect(run({ create: false })).rejects.toMatchObject({ tag: 'forbidden' });
    expect(paths().filter((path) => path.includes('/api/repos/'))).toEqual([]);
  });

  test('for a short time is tried again', async () => {
    let count = 0;
    const { run, paths } = hub((path) => {
      if (!path.startsWith('https://store.test')) return null;
      count += 1;
      return count === 1 ? new Response('', { status: 503 }) : null;
    });
    expect(await run()).toMatchObject({ verified: true });
    expect(paths().filter((path) => path.includes('/create'))).toHaveLength(1);
    expect(count).toBe(2);
  });

  test('by an abort removes the repo too', async () => {
    const stop = new AbortController();
    const { run, paths } = hub((path) => {
      if (path.startsWith('https://store.test')) stop.abort();
      return null;
    });
    await expect(run({}, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(paths().at(-1)).toBe('DELETE /api/repos/delete');
  });
});

test('an abort while the repo is made waits for it, and removes it', async () => {
  const stop = new AbortController();
  const { run, paths } = hub((path) => {
    if (path.endsWith('/create')) stop.abort();
    return null;
  });
  await expect(run({}, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(paths()).toEqual(['POST /api/repos/create', 'DELETE /api/repos/delete']);
});

test('a repo whose making got no answer is said to be there perhaps', async () => {
  const { run, paths } = hub((path) => {
    if (path.endsWith('/create')) throw new TypeError('Failed to fetch');
    return null;
  });
  await expect(run()).rejects.toMatchObject({
    tag: 'blocked',
    context: {
      advice: expect.stringContaining('may have been made all the same'),
      link: `${hubUrl}/ada/merged`,
    },
  });
  expect(paths()).toEqual(['POST /api/repos/create']);
});

test('a refusal to make a repo leaves no doubt', async () => {
  const { run } = hub((path) =>
    path.endsWith('/create') ? Response.json({ error: 'bad name' }, { status: 400 }) : null,
  );
  await expect(run()).rejects.toMatchObject({
    context: { found: 'bad name', advice: expect.not.stringContaining('may have been made') },
  });
});

describe('an abort after the commit changes nothing', () => {
  test('while the reply is read', async () => {
    const stop = new AbortController();
    const reply = new ReadableStream(
      {
        pull(controller) {
          stop.abort();
          controller.enqueue(new TextEncoder().encode('{"commitOid":"c0ffee","commitUrl":""}'));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const { run } = hub((path) => (path.includes('/commit/') ? new Response(reply) : null));
    expect(await run({}, stop.signal)).toMatchObject({ commit: 'c0ffee', verified: true });
  });

  test('while it is compared', async () => {
    const stop = new AbortController();
    const { run } = hub((path) => {
      if (path.includes('/revision/')) stop.abort();
      return null;
    });
    expect(await run({}, stop.signal)).toMatchObject({ commit: 'c0ffee', verified: true });
  });
});

test('a commit that cannot be looked at is neither the same nor another', async () => {
  const { run } = hub((path) =>
    path.includes('/revision/') ? Response.json({ error: 'closed' }, { status: 403 }) : null,
  );
  expect(await run()).toMatchObject({
    commit: 'c0ffee',
    verified: null,
    problems: [expect.stringContaining('closed')],
  });
});

describe('a commit that is refused', () => {
  const commits = (paths: readonly string[]) => paths.filter((path) => path.includes('/commit/'));
  const answer = (status: number, times: number, headers: Record<string, string> = {}) => {
    let left = times;
    return hub((path) => {
      if (!path.includes('/commit/') || left === 0) return null;
      left -= 1;
      return Response.json({ error: 'no' }, { status, headers });
    });
  };

  test.each([400, 403, 409, 412, 422])('for good, with %i, is not asked again', async (status) => {
    const { run, paths, surroundings } = answer(status, 9);
    await expect(run()).rejects.toMatchObject({ context: { status } });
    expect(commits(paths())).toHaveLength(1);
    expect(surroundings.slept).toEqual([]);
  });

  test('because the repo changed is not called a name that is taken', async () => {
    await expect(answer(409, 1).run()).rejects.toMatchObject({
      tag: 'changed',
      context: { found: 'it changed while it was pushed to' },
    });
  });

  test.each([
    [{ 'retry-after': '7' }, 7_000],
    [{}, 60_000],
  ])('as one too many, saying %j, is asked again after %i ms', async (headers, slept) => {
    const { run, paths, surroundings } = answer(429, 1, headers as Record<string, string>);
    expect(await run()).toMatchObject({ verified: true });
    expect(commits(paths())).toHaveLength(2);
    expect(surroundings.slept).toEqual([slept]);
  });

  test('by a Hub in trouble is tried four times', async () => {
    const { run, paths } = answer(500, 9);
    await expect(run()).rejects.toMatchObject({ tag: 'server' });
    expect(commits(paths())).toHaveLength(4);
  });
});

describe('a push to a repo that was there before', () => {
  const before = [
    'model-00001-of-00002.safetensors',
    'model.safetensors.index.json',
    'model.safetensors',
    'tokenizer.json',
    'onnx/model.safetensors',
  ].map((rfilename) => ({ rfilename, size: 9, blobId: 'x' }));
  const withBefore = (path: string) =>
    path.includes('/revision/main')
      ? Response.json({ id: 'ada/merged', sha: 'old', siblings: before })
      : null;

  test('takes away the weights it does not replace, in the same commit', async () => {
    const { run, requests } = hub(withBefore);
    expect(await run({ create: false })).toMatchObject({ verified: true });
    const commit = requests.find(({ path }) => path.includes('/commit/'));
    const lines = String(commit?.body)
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.slice(1).map(({ key, value }) => `${key} ${value.path}`)).toEqual([
      'file config.json',
      'lfsFile model.safetensors',
      'deletedFile model-00001-of-00002.safetensors',
      'deletedFile model.safetensors.index.json',
    ]);
  });

  test('looks again what is there when it is tried again', async () => {
    let isFirst = true;
    const { run, requests } = hub((path) => {
      if (path.includes('/commit/') && isFirst) {
        isFirst = false;
        return new Response('', { status: 500 }); // though it was made
      }
      return isFirst ? withBefore(path) : null;
    });
    await run({ create: false });
    const commits = requests.filter(({ path }) => path.includes('/commit/'));
    expect(commits.map(({ body }) => String(body).includes('deletedFile'))).toEqual([true, false]);
  });

  test('that cannot be looked at for a moment is looked at again', async () => {
    let isFirst = true;
    const { run, surroundings } = hub((path) => {
      if (!path.includes('/revision/main') || !isFirst) return withBefore(path);
      isFirst = false;
      return new Response('', { status: 429, headers: { 'retry-after': '3' } });
    });
    expect(await run({ create: false })).toMatchObject({ verified: true });
    expect(surroundings.slept).toEqual([3_000]);
  });

  test('that holds nothing yet takes nothing away', async () => {
    const { run, requests } = hub((path) =>
      path.includes('/revision/main')
        ? new Response('', { status: 404, headers: { 'x-error-code': 'RevisionNotFound' } })
        : null,
    );
    expect(await run({ create: false })).toMatchObject({ verified: true });
    expect(requests.some(({ body }) => String(body).includes('deletedFile'))).toBe(false);
  });
});

test('a name that is taken is said, and nothing is removed', async () => {
  const { run, paths } = hub((path) =>
    path.endsWith('/create') ? Response.json({ error: 'exists' }, { status: 409 }) : null,
  );
  await expect(run()).rejects.toMatchObject({ tag: 'exists' });
  expect(paths()).toEqual(['POST /api/repos/create']);
});

test('what is no native file is refused before anything is sent', async () => {
  class Lazy extends File {}
  const { run, paths } = hub();
  const files = [{ path: 'a', file: new Lazy(['x'], 'a'), sha256: '' }];
  await expect(run({ files })).rejects.toThrow('a is no file');
  expect(paths()).toEqual([]);
});
