import { createRepo, deleteRepo, listModels, uploadFiles } from '@huggingface/hub';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asContent, sha256Of } from './content.ts';
import type { FakeHub } from './server.ts';
import { noisyBytes, startSmallHub } from './small-hub.ts';

let hub: FakeHub;
beforeEach(async () => {
  hub = await startSmallHub({ limits: { partBytes: 1000 } });
});
afterEach(() => hub.close());

const repo = 'owner/merged';
const asOwner = () => ({ accessToken: 'hf_owner', hubUrl: hub.url });
const create = (name = repo, accessToken = 'hf_owner') =>
  createRepo({ repo: name, accessToken, hubUrl: hub.url });
const upload = (files: Readonly<Record<string, BlobPart>>, rest = {}) =>
  uploadFiles({
    repo,
    files: Object.entries(files).map(([path, part]) => ({ path, content: new Blob([part]) })),
    commitTitle: 'Add files',
    useXet: false,
    ...asOwner(),
    ...rest,
  });

/** As the client would say it, with fields of its own. */
const post = (path: string, body: string) =>
  fetch(`${hub.url}/${path}`, {
    method: 'POST',
    body,
    headers: { authorization: 'Bearer hf_owner' },
  });

describe('a repo', () => {
  test('is created once, and deleted', async () => {
    expect(await create()).toEqual({ repoUrl: `${hub.url}/${repo}`, id: repo });
    await expect(create()).rejects.toMatchObject({ statusCode: 409 });
    await deleteRepo({ repo, ...asOwner() });
    expect(hub.repos.has(repo)).toBe(false);
    await expect(deleteRepo({ repo, ...asOwner() })).rejects.toMatchObject({ statusCode: 404 });
  });

  test('is private when it is made so', async () => {
    await createRepo({ repo, visibility: 'private', ...asOwner() });
    expect((await fetch(`${hub.url}/api/models/${repo}`)).status).toBe(401);
  });

  test.each([
    ['in the namespace of another', 'ann/merged', 'hf_owner', 403],
    ['with a token that only reads', 'member/merged', 'hf_member', 403],
    ['with a name that is none', 'owner/a b', 'hf_owner', 400],
  ])('is not created %s', async (_, name, token, statusCode) => {
    await expect(create(name, token)).rejects.toMatchObject({ statusCode });
    expect(hub.repos.has(name)).toBe(false);
  });
});

describe('an upload', () => {
  test('puts text into the commit and weights into storage, whole or in parts', async () => {
    await create();
    const [small, big] = [noisyBytes(900), noisyBytes(2500)];
    const readme = '---\nbase_model:\n- ann/base\n- bob/tuned\ntags:\n- merge\n---\n# Merged\n';
    hub.forgetRequests();
    const output = await upload({
      'README.md': readme,
      'a.safetensors': small,
      'b.safetensors': big,
    });
    expect(new TextDecoder().decode(hub.read(repo, 'README.md')!)).toBe(readme);
    expect(sha256Of(asContent(hub.read(repo, 'a.safetensors')!))).toBe(sha256Of(asContent(small)));
    expect(sha256Of(asContent(hub.read(repo, 'b.safetensors')!))).toBe(sha256Of(asContent(big)));
    const { commit } = output!;
    const { refs } = hub.repos.get(repo)!;
    expect(commit).toEqual({
      oid: refs.get('main'),
      url: `${hub.url}/${repo}/commit/${commit.oid}`,
    });
    const puts = hub.requests.filter(({ method }) => method === 'PUT');
    expect(puts.map(({ origin, isAuthorized }) => [origin, isAuthorized])).toEqual(
      Array(4).fill(['cdn', false]),
    );
  });

  test('is found by its card, and read back', async () => {
    await create();
    const weights = noisyBytes(900);
    await upload({
      'README.md': '---\nbase_model:\n- ann/base\n- bob/tuned\n---\n',
      'model.safetensors': weights,
    });
    const found: string[] = [];
    const search = { tags: ['base_model:merge:ann/base'] };
    for await (const { name } of listModels({ search, hubUrl: hub.url })) found.push(name);
    expect(found).toEqual([repo]);
    const response = await fetch(`${hub.url}/${repo}/resolve/main/model.safetensors`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(weights);
  });

  test('sends nothing again that is in storage', async () => {
    await create();
    await upload({ 'a.safetensors': noisyBytes(900) });
    hub.forgetRequests();
    await upload({ 'copy.safetensors': noisyBytes(900) });
    expect(hub.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
    expect(hub.read(repo, 'copy.safetensors')).toEqual(hub.read(repo, 'a.safetensors'));
  });

  test('of a pull request leaves the branch alone', async () => {
    await create();
    const output = await upload({ 'a.txt': 'a' }, { isPullRequest: true });
    expect(output!.pullRequestUrl).toBe(`${hub.url}/${repo}/discussions/1`);
    expect(hub.read(repo, 'a.txt')).toBeNull();
    expect(hub.read(repo, 'a.txt', 'refs/pr/1')).not.toBeNull();
  });

  test('onto a commit that is not the newest any more is refused', async () => {
    await create();
    const parentCommit = hub.repos.get(repo)!.refs.get('main')!;
    hub.push(repo, { 'other.txt': new Uint8Array([1]) });
    await expect(upload({ 'a.txt': 'a' }, { parentCommit })).rejects.toMatchObject({
      statusCode: 412,
    });
    expect(hub.read(repo, 'a.txt')).toBeNull();
  });

  test('to a repo of another is refused', async () => {
    const asked = upload({ 'a.txt': 'a' }, { repo: 'ann/base' });
    await expect(asked).rejects.toMatchObject({ statusCode: 403 });
  });

  test('fails when storage does, and leaves the branch alone', async () => {
    await create();
    hub.faults.add({ kind: 'status', status: 500, origin: 'cdn' });
    await expect(upload({ 'a.safetensors': noisyBytes(9) })).rejects.toMatchObject({
      statusCode: 500,
    });
    expect(hub.read(repo, 'a.safetensors')).toBeNull();
  });
});

test('storage says whether an object of this size has arrived', async () => {
  await create();
  await upload({ 'a.safetensors': noisyBytes(900) });
  const oid = sha256Of(asContent(noisyBytes(900)));
  const verify = async (size: number) =>
    (await post(`${repo}.git/info/lfs/objects/verify`, JSON.stringify({ oid, size }))).status;
  expect(await verify(900)).toBe(200);
  expect(await verify(901)).toBe(404);
});

describe('a commit is refused', () => {
  const emptySha = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const commitOf = (oid: string, size: number) =>
    [
      { key: 'header', value: { summary: 'Add' } },
      { key: 'lfsFile', value: { path: 'a.safetensors', algo: 'sha256', size, oid } },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n');

  async function put(oid: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const objects = [{ oid, size: bytes.length }];
    const body = JSON.stringify({ operation: 'upload', transfers: ['basic', 'xet'], objects });
    const batch = await (await post(`${repo}.git/info/lfs/objects/batch`, body)).json();
    expect(batch.transfer).toBe('basic');
    await fetch(batch.objects[0].actions.upload.href, { method: 'PUT', body: bytes });
  }

  test.each([
    ['when the sha256 is not that of the bytes', emptySha, 9, 9, /was uploaded as e3b0c442/],
    ['when the bytes were never sent', emptySha, null, 0, /does not exist/],
    ['when the size is another', sha256Of(asContent(noisyBytes(9))), 9, 8, /9 bytes, not 8/],
  ])('%s', async (_, oid, sent, size, message) => {
    await create();
    if (sent !== null) await put(oid, noisyBytes(sent));
    const response = await post(`api/models/${repo}/commit/main`, commitOf(oid, size));
    expect(response.status).toBe(400);
    expect((await response.json()).error).toMatch(message);
    expect(hub.read(repo, 'a.safetensors')).toBeNull();
  });
});
