import { checkRepoAccess, downloadFile, fileDownloadInfo, HubApiError } from '@huggingface/hub';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultTokens } from './access.ts';
import type { FakeHub } from './server.ts';
import { startSmallHub, weights } from './small-hub.ts';

let hub: FakeHub;
beforeAll(async () => {
  const { hf_member: member } = defaultTokens;
  const invited = { ...member, account: { ...member.account, accepted: ['ann/gated'] } };
  const shy = { ...invited, scopes: ['openid', 'profile'] };
  hub = await startSmallHub({ tokens: { ...defaultTokens, hf_invited: invited, hf_shy: shy } });
});
afterAll(() => hub.close());

test.each<[what: string, path: string, token: string | null, status: number, code: string | null]>([
  ['a gated repo without a token', 'ann/gated', null, 401, 'GatedRepo'],
  ['a gated repo without access', 'ann/gated', 'hf_visitor', 403, 'GatedRepo'],
  ['a gated repo with access', 'ann/gated', 'hf_invited', 200, null],
  ['a gated repo with access but without the scope', 'ann/gated', 'hf_shy', 403, 'GatedRepo'],
  ['a missing repo without a token', 'ann/nothing', null, 401, 'RepoNotFound'],
  ['a missing repo with a token', 'ann/nothing', 'hf_visitor', 404, 'RepoNotFound'],
  ['a private repo without a token', 'owner/secret', null, 401, 'RepoNotFound'],
  ['a private repo of someone else', 'owner/secret', 'hf_visitor', 404, 'RepoNotFound'],
  ['a private repo of its owner', 'owner/secret', 'hf_owner', 200, null],
  ['anything with a bad token', 'ann/base', 'hf_wrong', 401, null],
])('%s', async (_, repo, token, status, code) => {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(`${hub.url}/${repo}/resolve/main/model.safetensors`, { headers });
  expect([response.status, response.headers.get('x-error-code')]).toEqual([status, code]);
  if (status === 200) expect(new Uint8Array(await response.arrayBuffer())).toEqual(weights);
  else expect((await response.json()).error).toBe(response.headers.get('x-error-message'));
});

test('a bad token is called one', async () => {
  const asked = checkRepoAccess({ repo: 'ann/base', accessToken: 'hf_wrong', hubUrl: hub.url });
  await expect(asked).rejects.toThrow('Invalid credentials in Authorization header');
});

test('facts of a gated repo are for everyone, its files are not', async () => {
  await checkRepoAccess({ repo: 'ann/gated', hubUrl: hub.url });
  const file = { repo: 'ann/gated', path: 'model.safetensors', hubUrl: hub.url } as const;
  const refused = await downloadFile(file).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HubApiError);
  expect((refused as HubApiError).statusCode).toBe(401);
  const blob = await downloadFile({ ...file, accessToken: 'hf_invited' });
  expect(blob!.size).toBe(weights.length);
});

test('a missing file is null, a missing revision an error', async () => {
  const repo = { repo: 'ann/base', hubUrl: hub.url } as const;
  expect(await fileDownloadInfo({ ...repo, path: 'absent' })).toBeNull();
  const revision = fileDownloadInfo({ ...repo, path: 'config.json', revision: 'no-branch' });
  await expect(revision).rejects.toMatchObject({ statusCode: 404 });
  const { headers } = await fetch(`${hub.url}/ann/base/resolve/no-branch/config.json`);
  expect(headers.get('x-error-code')).toBe('RevisionNotFound');
});
