import { afterEach, describe, expect, test, vi } from 'vitest';
import { hubUrl, pushedFiles, uploadHub } from '../testing/upload-hub.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a repo is made, filled, and the pushed commit is the local files', async () => {
  const { run, progress, paths, requests } = uploadHub();
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
    const { run } = uploadHub((path) =>
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
    const { run } = uploadHub((path) =>
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
    const { run, paths } = uploadHub(refuse);
    await expect(run()).rejects.toMatchObject({ tag: 'forbidden', context: { found: 'no right' } });
    expect(paths().at(-1)).toBe('DELETE /api/repos/delete');
  });

  test('or says that it does', async () => {
    const { run, progress } = uploadHub((path) =>
      path.endsWith('/delete') ? new Response('', { status: 403 }) : refuse(path),
    );
    await expect(run()).rejects.toMatchObject({
      context: { advice: expect.stringContaining('still there and empty') },
    });
    expect(progress.at(-1)).toEqual({ kind: 'left-behind', url: `${hubUrl}/ada/merged` });
  });

  test('never removes a repo that was there before', async () => {
    const { run, paths } = uploadHub(refuse);
    await expect(run({ create: false })).rejects.toMatchObject({ tag: 'forbidden' });
    expect(paths().filter((path) => path.includes('/api/repos/'))).toEqual([]);
  });

  test('for a short time is tried again', async () => {
    let count = 0;
    const { run, paths } = uploadHub((path) => {
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
    const { run, paths } = uploadHub((path) => {
      if (path.startsWith('https://store.test')) stop.abort();
      return null;
    });
    await expect(run({}, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
    expect(paths().at(-1)).toBe('DELETE /api/repos/delete');
  });
});

test('an abort while the repo is made waits for it, and removes it', async () => {
  const stop = new AbortController();
  const { run, paths } = uploadHub((path) => {
    if (path.endsWith('/create')) stop.abort();
    return null;
  });
  await expect(run({}, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(paths()).toEqual(['POST /api/repos/create', 'DELETE /api/repos/delete']);
});

test('a repo whose making got no answer is said to be there perhaps', async () => {
  const { run, paths } = uploadHub((path) => {
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
  const { run } = uploadHub((path) =>
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
    const { run } = uploadHub((path) => (path.includes('/commit/') ? new Response(reply) : null));
    expect(await run({}, stop.signal)).toMatchObject({ commit: 'c0ffee', verified: true });
  });

  test('while it is compared', async () => {
    const stop = new AbortController();
    const { run } = uploadHub((path) => {
      if (path.includes('/revision/')) stop.abort();
      return null;
    });
    expect(await run({}, stop.signal)).toMatchObject({ commit: 'c0ffee', verified: true });
  });
});

test('a commit that cannot be looked at is neither the same nor another', async () => {
  const { run } = uploadHub((path) =>
    path.includes('/revision/') ? Response.json({ error: 'closed' }, { status: 403 }) : null,
  );
  expect(await run()).toMatchObject({
    commit: 'c0ffee',
    verified: null,
    problems: [expect.stringContaining('closed')],
  });
});

test('a name that is taken is said, and nothing is removed', async () => {
  const { run, paths } = uploadHub((path) =>
    path.endsWith('/create') ? Response.json({ error: 'exists' }, { status: 409 }) : null,
  );
  await expect(run()).rejects.toMatchObject({ tag: 'exists' });
  expect(paths()).toEqual(['POST /api/repos/create']);
});

test('what is no native file is refused before anything is sent', async () => {
  class Lazy extends File {}
  const { run, paths } = uploadHub();
  const files = [{ path: 'a', file: new Lazy(['x'], 'a'), sha256: '' }];
  await expect(run({ files })).rejects.toThrow('a is no file');
  expect(paths()).toEqual([]);
});
