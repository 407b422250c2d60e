import { randomBytes } from 'node:crypto';
import type { Account, Token } from './access.ts';
import type { OriginName } from './exchange.ts';
import type { StoredRepo } from './repo.ts';

/** Everything the server knows, in memory. */
export type HubState = {
  /** By `keyOf`. */
  readonly repos: Map<string, StoredRepo>;
  readonly tokens: Map<string, Token>;
  /** Bytes put into storage, by the sha256 the client claims for them. */
  readonly objects: Map<string, Uint8Array>;
  /** Parts of multipart uploads that are not complete, by `sha256/number`. */
  readonly parts: Map<string, Uint8Array>;
  /** Codes of OAuth that wait to be exchanged. */
  readonly codes: Map<string, Grant>;
  /** Who is signed in on the pages of the Hub, and so authorises apps. */
  readonly signedIn: Account;
  readonly addresses: Record<OriginName, string>;
  /** Of signatures. */
  readonly secret: Buffer;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly limits: Limits;
};

export type Grant = {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly scope: string;
};

export type Limits = {
  /** Entries of a file tree on one page. */
  readonly treePage: number;
  /** Seconds a signed address is good for. */
  readonly addressSeconds: number;
  /** Uploads above this many bytes are sent in parts of this size. */
  readonly partBytes: number;
};

export function emptyState(
  now: () => number,
  limits: Limits,
  signedIn: Account,
  tokens: Readonly<Record<string, Token>>,
): HubState {
  return {
    repos: new Map(),
    tokens: new Map(Object.entries(tokens)),
    objects: new Map(),
    parts: new Map(),
    codes: new Map(),
    signedIn,
    addresses: { hub: '', cdn: '', cas: '' },
    secret: randomBytes(32),
    now,
    limits,
  };
}
