import { afterEach, describe, expect, test, vi } from 'vitest';
import { uploadHub } from '../testing/upload-hub.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a commit that is refused', () => {
  const commits = (paths: readonly string[]) => paths.filter((path) => path.includes('/commit/'));
  const answer = (status: number, times: number, headers: Record<string, string> = {}) => {
    let left = times;
    return uploadHub((path) => {
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
    const { run, requests } = uploadHub(withBefore);
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
    const { run, requests } = uploadHub((path) => {
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
    const { run, surroundings } = uploadHub((path) => {
      if (!path.includes('/revision/main') || !isFirst) return withBefore(path);
      isFirst = false;
      return new Response('', { status: 429, headers: { 'retry-after': '3' } });
    });
    expect(await run({ create: false })).toMatchObject({ verified: true });
    expect(surroundings.slept).toEqual([3_000]);
  });

  test('that holds nothing yet takes nothing away', async () => {
    const { run, requests } = uploadHub((path) =>
      path.includes('/revision/main')
        ? new Response('', { status: 404, headers: { 'x-error-code': 'RevisionNotFound' } })
        : null,
    );
    expect(await run({ create: false })).toMatchObject({ verified: true });
    expect(requests.some(({ body }) => String(body).includes('deletedFile'))).toBe(false);
  });
});
