import { createHmac } from 'node:crypto';
import { asText } from './content.ts';
import { type Ask, type OriginName, Refusal, reply } from './exchange.ts';
import type { HubState } from './state.ts';

/** An address that works without a token until it expires; the Hub redirects to such ones. */
export function signedUrl(
  state: HubState,
  origin: OriginName,
  path: string,
  query: Readonly<Record<string, string>> = {},
): string {
  const url = new URL(path, state.addresses[origin]);
  const expires = Math.floor(state.now() / 1000) + state.limits.addressSeconds;
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  url.searchParams.set('Expires', String(expires));
  url.searchParams.set('Signature', signature(state, url));
  return url.href;
}

/**
 * Refuses with 403 an address that is expired or changed, and with 400 one that comes with a second way to say
 * who asks, as S3 does (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, AccessDenied and
 * InvalidArgument).
 */
export function checkSigned(state: HubState, ask: Ask): void {
  if (ask.headers['authorization'] !== undefined) {
    throw storageError(400, 'InvalidArgument', 'Only one auth mechanism allowed');
  }
  const isOver = Number(ask.url.searchParams.get('Expires')) * 1000 < state.now();
  if (isOver) throw accessDenied('Request has expired');
  const claimed = ask.url.searchParams.get('Signature');
  if (claimed !== signature(state, ask.url)) throw accessDenied('The signature does not match');
}

export function accessDenied(message: string): Refusal {
  return storageError(403, 'AccessDenied', message);
}

function storageError(status: number, code: string, message: string): Refusal {
  const body = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return new Refusal(reply(status, { 'content-type': 'application/xml' }, asText(body)));
}

function signature(state: HubState, url: URL): string {
  const signed = new URL(url);
  signed.searchParams.delete('Signature');
  const text = signed.pathname + signed.search;
  return createHmac('sha256', state.secret).update(text).digest('hex');
}
