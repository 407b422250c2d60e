import { createHash, randomUUID } from 'node:crypto';
import { type Account, neededToken, type Token } from './access.ts';
import { type Ask, json, type Reply, type Route, refuse, reply } from './exchange.ts';
import type { HubState } from './state.ts';

/** Who a token belongs to, and signing in: https://huggingface.co/docs/hub/oauth. */
export function accountRoutes(state: HubState): readonly Route[] {
  const get = (path: RegExp, handle: Route['handle']): Route => {
    return { origin: 'hub', method: 'GET', path, handle };
  };
  return [
    get(/^\/api\/whoami-v2$/, (ask) => json(whoAmI(neededToken(state, ask)))),
    get(/^\/\.well-known\/openid-configuration$/, () => json(endpoints(state))),
    get(/^\/oauth\/authorize$/, (ask) => authorize(state, ask)),
    get(/^\/oauth\/userinfo$/, (ask) => json(userInfo(state, neededToken(state, ask).account))),
    {
      origin: 'hub',
      method: 'POST',
      path: /^\/oauth\/token$/,
      handle: (ask) => exchange(state, ask),
    },
  ];
}

/** https://huggingface.co/docs/hub/api, `GET /api/whoami-v2`. */
function whoAmI({ account, scopes }: Token) {
  const { name, fullname, orgs } = account;
  const role = scopes.includes('write-repos') ? 'write' : 'read';
  const createdAt = '2026-01-01T00:00:00.000Z';
  return {
    type: 'user',
    id: createHash('sha256').update(name).digest('hex').slice(0, 24),
    name,
    fullname,
    email: `${name}@example.com`,
    emailVerified: true,
    canPay: false,
    isPro: false,
    periodEnd: null,
    avatarUrl: '',
    orgs: orgs.map((org) => ({
      type: 'org',
      id: org,
      name: org,
      fullname: org,
      isEnterprise: false,
    })),
    auth: { type: 'access_token', accessToken: { displayName: 'A token', role, createdAt } },
  };
}

/** OpenID Connect Discovery 1.0, section 3. */
function endpoints({ addresses }: HubState) {
  return {
    issuer: addresses.hub,
    authorization_endpoint: `${addresses.hub}/oauth/authorize`,
    token_endpoint: `${addresses.hub}/oauth/token`,
    userinfo_endpoint: `${addresses.hub}/oauth/userinfo`,
    code_challenge_methods_supported: ['S256'],
  };
}

/** The page where a person would consent; here whoever is signed in consents at once (RFC 6749, 4.1.2). */
function authorize(state: HubState, { url }: Ask): Reply {
  const query = url.searchParams;
  const redirectUri = query.get('redirect_uri');
  const challenge = query.get('code_challenge');
  if (!query.get('client_id') || !redirectUri) throw refuse(400, 'Unknown client or redirect_uri');
  if (!challenge || query.get('code_challenge_method') !== 'S256') {
    throw refuse(400, 'A public app must send an S256 code challenge');
  }
  const code = randomUUID();
  state.codes.set(code, { challenge, redirectUri, scope: query.get('scope') ?? 'openid' });
  const back = new URL(redirectUri);
  back.searchParams.set('code', code);
  back.searchParams.set('state', query.get('state') ?? '');
  return reply(302, { location: back.href });
}

/** A code for a token, once, and only for whoever can show the verifier (RFC 7636, 4.6). */
async function exchange(state: HubState, ask: Ask): Promise<Reply> {
  const form = new URLSearchParams(new TextDecoder().decode(await ask.body()));
  const code = form.get('code') ?? '';
  const grant = state.codes.get(code);
  state.codes.delete(code);
  const verifier = form.get('code_verifier') ?? '';
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const isGood =
    form.get('grant_type') === 'authorization_code' &&
    grant?.challenge === challenge &&
    grant.redirectUri === form.get('redirect_uri');
  if (!isGood) throw refuse(400, 'invalid_grant');
  const token = `hf_oauth_${randomUUID().replaceAll('-', '')}`;
  const { scope } = grant;
  state.tokens.set(token, { account: state.signedIn, scopes: scope.split(/\s+/) });
  return json({
    access_token: token,
    token_type: 'bearer',
    expires_in: 28_800,
    scope,
    id_token: '',
  });
}

/** OpenID Connect Core 1.0, 5.3, with the Hub's own fields. */
function userInfo({ addresses }: HubState, { name, fullname, orgs }: Account) {
  const named = (id: string) => ({ sub: id, name: id, preferred_username: id, picture: '' });
  return {
    sub: name,
    name: fullname,
    preferred_username: name,
    picture: '',
    profile: `${addresses.hub}/${name}`,
    isPro: false,
    orgs: orgs.map(named),
  };
}
