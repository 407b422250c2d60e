import { afterEach, describe, expect, test, vi } from 'vitest';
import { stubFetch } from '../testing/stub-fetch.ts';
import { beginOAuth, finishOAuth, isOAuthReturn, isToken, scopes, whoAmI } from './account.ts';

const hubUrl = 'https://hub.test';

afterEach(() => {
  vi.unstubAllGlobals();
});

const reply = {
  type: 'user',
  name: 'ada',
  fullname: 'Ada L.',
  avatarUrl: '/avatars/1.svg',
  orgs: [{ name: 'org' }],
  auth: { type: 'access_token', accessToken: { displayName: 't', role: 'read', createdAt: '' } },
};

describe('who am I', () => {
  const ask = (answer: Response) => {
    const { fetch } = stubFetch(hubUrl, () => answer);
    return whoAmI({ hubUrl, token: 'hf_a', fetch });
  };

  test('name, picture, organisations and what the token may do', async () => {
    expect(await ask(Response.json(reply))).toEqual({
      name: 'ada',
      fullName: 'Ada L.',
      avatarUrl: 'https://hub.test/avatars/1.svg',
      orgs: ['org'],
      role: 'read',
      canWrite: false,
    });
  });

  test.each([
    ['write', true],
    ['fineGrained', null],
    ['unheard of', null],
  ])('a token of role %s can write: %s', async (role, canWrite) => {
    const auth = { accessToken: { role } };
    expect(await ask(Response.json({ ...reply, auth }))).toMatchObject({ canWrite });
  });

  test('nobody: the token is bad', async () => {
    const answer = Response.json({ error: 'Invalid credentials' }, { status: 401 });
    await expect(ask(answer)).rejects.toMatchObject({ tag: 'bad-token' });
  });
});

test('a token begins with hf_', () => {
  expect(['hf_abc', 'hf_oauth_a-b', 'abc', 'hf_', 'hf_a b'].map(isToken)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

describe('signing in at the Hub', () => {
  const endpoints = {
    authorization_endpoint: `${hubUrl}/oauth/authorize`,
    token_endpoint: `${hubUrl}/oauth/token`,
    userinfo_endpoint: `${hubUrl}/oauth/userinfo`,
  };
  const serve = () => {
    const stub = stubFetch(hubUrl, ({ path }) => {
      if (path === '/oauth/token') {
        return Response.json({ access_token: 'hf_oauth_x', expires_in: 60, scope: 'openid' });
      }
      if (path === '/oauth/userinfo') return Response.json({ preferred_username: 'ada' });
      return Response.json(endpoints);
    });
    vi.stubGlobal('fetch', stub.fetch);
    return stub.requests;
  };
  const begin = () =>
    beginOAuth(hubUrl, {
      clientId: 'client',
      redirectUrl: 'https://app.test/',
      scope: 'read',
      state: 'publish',
    });

  test('goes there and back again', async () => {
    const requests = serve();
    const { url, secrets } = await begin();
    const asked = new URL(url).searchParams;
    expect(asked.get('scope')).toBe(scopes.read);
    expect(asked.get('client_id')).toBe('client');
    const back = `https://app.test/?code=abc&state=${encodeURIComponent(asked.get('state')!)}`;
    expect(isOAuthReturn(back)).toBe(true);
    expect(await finishOAuth(hubUrl, back, secrets)).toMatchObject({
      token: 'hf_oauth_x',
      name: 'ada',
      state: 'publish',
    });
    const sent = requests.find(({ path }) => path === '/oauth/token')!;
    expect(new URLSearchParams(String(sent.body)).get('code_verifier')).toBe(secrets.codeVerifier);
  });

  test('an answer to someone else is refused, and its code is not repeated', async () => {
    serve();
    const { secrets } = await begin();
    const back = `https://app.test/?code=abc&state=${encodeURIComponent('{"nonce":"x"}')}`;
    const error = await finishOAuth(hubUrl, back, secrets).catch((e: Error) => e);
    expect(error).toMatchObject({ tag: 'bad-token' });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toContain('abc');
  });

  test('declined is said', async () => {
    serve();
    const back = 'https://app.test/?error=access_denied&error_description=no&state=1';
    await expect(finishOAuth(hubUrl, back, { nonce: 'n', codeVerifier: 'c' })).rejects.toThrow(
      'it was declined',
    );
  });

  test('an ordinary address is none', () => {
    expect(isOAuthReturn('https://app.test/?recipe=abc')).toBe(false);
  });
});
