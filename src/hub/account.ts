import { oauthHandleRedirect, oauthLoginUrl } from '@huggingface/hub';
import { type HubConnection, type HubFetchOptions, hubJson } from './connection.ts';
import { HubError, noAnswer } from './errors.ts';
import { asFields, list, text } from './model.ts';
import { realSurroundings } from './surroundings.ts';

export type Account = {
  readonly name: string;
  readonly fullName: string;
  readonly avatarUrl: string | null;
  /** Organisations one could push to. */
  readonly orgs: readonly string[];
  /** Null where the token does not tell, as those of OAuth. */
  readonly role: 'read' | 'write' | 'contributor' | 'admin' | 'fineGrained' | null;
  /** Null when only trying will tell. */
  readonly canWrite: boolean | null;
};

/** Whose token this is. Rejects with `HubError` (tag `bad-token` when it is nobody's). */
export async function whoAmI(
  connection: HubConnection,
  options: HubFetchOptions = {},
): Promise<Account> {
  const { body } = await hubJson(connection, '/api/whoami-v2', options);
  const fields = asFields(body);
  const name = text(fields['name']);
  if (name === null) {
    const advice = 'Try again later.';
    throw new HubError('server', { file: 'sign in', found: 'a reply without a name', advice });
  }
  const role = roleOf(asFields(fields['auth']));
  return {
    name,
    fullName: text(fields['fullname']) ?? name,
    avatarUrl: absolute(text(fields['avatarUrl']), connection.hubUrl),
    orgs: list(fields['orgs']).flatMap((org) => text(asFields(org)['name']) ?? []),
    role,
    canWrite: role === null || role === 'fineGrained' ? null : role !== 'read',
  };
}

/** Whether a pasted text has the form of a token; the library refuses others before it asks. */
export function isToken(pasted: string): boolean {
  return /^hf_[\w-]+$/.test(pasted);
}

/**
 * Least rights first (https://huggingface.co/docs/hub/oauth): reading public models needs no sign-in at all,
 * gated ones `gated-repos`; publishing asks for repos that this app makes, and no others.
 */
export const scopes = {
  read: 'openid profile gated-repos',
  publish: 'openid profile gated-repos contribute-repos',
} as const;

/** What the page keeps in session storage between leaving for the Hub and coming back. */
export type OAuthSecrets = { readonly codeVerifier: string; readonly nonce: string };

/**
 * Where to send the browser, and what to keep until it returns. Needs https or localhost. Rejects with
 * `HubError`.
 */
export async function beginOAuth(
  hubUrl: string,
  options: {
    readonly clientId: string;
    readonly redirectUrl: string;
    readonly scope: keyof typeof scopes;
    /** Comes back as it is. */
    readonly state?: string;
  },
): Promise<{ readonly url: string; readonly secrets: OAuthSecrets }> {
  const kept: { codeVerifier?: string; nonce?: string } = {};
  const url = await asSignIn(
    hubUrl,
    oauthLoginUrl({
      hubUrl,
      clientId: options.clientId,
      redirectUrl: options.redirectUrl,
      scopes: scopes[options.scope],
      localStorage: kept,
      ...(options.state === undefined ? {} : { state: options.state }),
    }),
  );
  return { url, secrets: { codeVerifier: kept.codeVerifier ?? '', nonce: kept.nonce ?? '' } };
}

export type SignedIn = {
  readonly token: string;
  /** ISO 8601. */
  readonly expires: string;
  readonly name: string;
  readonly state: string | null;
};

/** Whether the page was opened by the Hub's answer. */
export function isOAuthReturn(pageUrl: string): boolean {
  const { searchParams } = new URL(pageUrl);
  return searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'));
}

/** Turns the Hub's answer into a token. The caller takes it out of the address bar. */
export async function finishOAuth(
  hubUrl: string,
  pageUrl: string,
  secrets: OAuthSecrets,
): Promise<SignedIn> {
  const result = await asSignIn(
    hubUrl,
    oauthHandleRedirect({ hubUrl, redirectedUrl: pageUrl, ...secrets }),
  );
  return {
    token: result.accessToken,
    expires: result.accessTokenExpiresAt.toISOString(),
    name: result.userInfo.preferred_username,
    state: result.state ?? null,
  };
}

async function asSignIn<T>(hubUrl: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TypeError) throw noAnswer(hubUrl, realSurroundings.online(), error);
    // The library's messages repeat the address, and with it the code.
    const found = /access_denied/.test(String(error)) ? 'it was declined' : 'it did not succeed';
    const advice = 'Try again, or paste a token instead.';
    throw new HubError('bad-token', { file: 'sign in', found, advice });
  }
}

function roleOf(auth: Readonly<Record<string, unknown>>): Account['role'] {
  const role = text(asFields(auth['accessToken'])['role']);
  const known = ['read', 'write', 'contributor', 'admin', 'fineGrained'] as const;
  return known.find((each) => each === role) ?? null;
}

/** The Hub names its default pictures from its root. */
function absolute(url: string | null, hubUrl: string): string | null {
  return url === null ? null : new URL(url, hubUrl).href;
}
