import { oauthHandleRedirect, oauthLoginUrl, whoAmI } from '@huggingface/hub';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FakeHub } from './server.ts';
import { startSmallHub } from './small-hub.ts';

let hub: FakeHub;
beforeAll(async () => {
  hub = await startSmallHub();
});
afterAll(() => hub.close());

test('a token belongs to someone', async () => {
  const me = await whoAmI({ accessToken: 'hf_owner', hubUrl: hub.url });
  expect(me).toMatchObject({
    type: 'user',
    name: 'owner',
    orgs: [{ name: 'amalgam' }],
    auth: { accessToken: { role: 'write' } },
  });
  await expect(whoAmI({ accessToken: 'hf_wrong', hubUrl: hub.url })).rejects.toMatchObject({
    statusCode: 401,
  });
});

const redirectUrl = 'http://localhost:5173/';

async function signIn(scopes: string) {
  const kept: { nonce?: string; codeVerifier?: string } = {};
  const url = await oauthLoginUrl({
    clientId: 'a-client',
    scopes,
    redirectUrl,
    state: 'where I was',
    hubUrl: hub.url,
    localStorage: kept,
  });
  const page = await fetch(url, { redirect: 'manual' });
  expect(page.status).toBe(302);
  return { redirectedUrl: page.headers.get('location')!, kept };
}

test('signing in gives a token with the scopes that were asked for', async () => {
  const { redirectedUrl, kept } = await signIn('openid profile read-repos');
  expect(redirectedUrl.startsWith(redirectUrl)).toBe(true);
  const { nonce, codeVerifier } = kept as Required<typeof kept>;
  const result = await oauthHandleRedirect({ hubUrl: hub.url, redirectedUrl, nonce, codeVerifier });
  expect(result).toMatchObject({
    state: 'where I was',
    scope: 'openid profile read-repos',
    userInfo: { preferred_username: 'owner' },
  });
  const headers = { authorization: `Bearer ${result.accessToken}` };
  const read = await fetch(`${hub.url}/owner/secret/resolve/main/model.safetensors`, { headers });
  expect(read.status).toBe(200);
  const body = JSON.stringify({ name: 'new', type: 'model' });
  const write = await fetch(`${hub.url}/api/repos/create`, { method: 'POST', headers, body });
  expect(write.status).toBe(403);
});

test('a code is good once, and for its verifier only', async () => {
  const { redirectedUrl, kept } = await signIn('openid');
  const { nonce, codeVerifier } = kept as Required<typeof kept>;
  const redeem = (verifier: string, url = redirectedUrl) =>
    oauthHandleRedirect({ hubUrl: hub.url, redirectedUrl: url, nonce, codeVerifier: verifier });
  await redeem(codeVerifier);
  await expect(redeem(codeVerifier)).rejects.toThrow('invalid_grant');
  const second = await signIn('openid');
  const { nonce: other } = second.kept as Required<typeof kept>;
  const stolen = { hubUrl: hub.url, redirectedUrl: second.redirectedUrl, nonce: other };
  await expect(oauthHandleRedirect({ ...stolen, codeVerifier: 'x'.repeat(72) })).rejects.toThrow(
    'invalid_grant',
  );
});
