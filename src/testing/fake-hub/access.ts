import { type Ask, refuse } from './exchange.ts';
import { type Commit, commitAt, keyOf, type StoredRepo } from './repo.ts';
import type { HubState } from './state.ts';

export type Account = {
  readonly name: string;
  readonly fullname: string;
  /** Organisations this account belongs to. */
  readonly orgs: readonly string[];
  /** Gated repos whose owner gave access. */
  readonly accepted: readonly string[];
};

/** Rights are the scopes of https://huggingface.co/docs/hub/oauth#currently-supported-scopes. */
export type Token = { readonly account: Account; readonly scopes: readonly string[] };

const readScopes = ['read-repos', 'gated-repos'];
const writeScopes = [...readScopes, 'write-repos', 'manage-repos'];

const visitor: Account = {
  name: 'visitor',
  fullname: 'A Visitor',
  orgs: [],
  accepted: [],
};
const member: Account = {
  name: 'member',
  fullname: 'A Member',
  orgs: [],
  accepted: ['amalgam/tiny-skills-gated'],
};
export const owner: Account = {
  name: 'owner',
  fullname: 'An Owner',
  orgs: ['amalgam'],
  accepted: [],
};

/** Tokens that work, unless others are given. Tokens of the Hub begin with `hf_`. */
export const defaultTokens: Readonly<Record<string, Token>> = {
  hf_visitor: { account: visitor, scopes: writeScopes },
  hf_member: { account: member, scopes: readScopes },
  hf_owner: { account: owner, scopes: writeScopes },
};

/** Null without a token; 401 with one that is not known. */
export function tokenOf(state: HubState, ask: Ask): Token | null {
  const header = ask.headers['authorization'];
  if (header === undefined) return null;
  const token = state.tokens.get(header.replace(/^Bearer /, ''));
  if (token === undefined) throw refuse(401, 'Invalid credentials in Authorization header');
  return token;
}

export function neededToken(state: HubState, ask: Ask): Token {
  const token = tokenOf(state, ask);
  if (token === null) throw refuse(401, 'Invalid username or password.');
  return token;
}

export function belongsTo(account: Account, id: string): boolean {
  const namespace = id.split('/')[0];
  return account.name === namespace || account.orgs.includes(namespace);
}

export function isVisible(repo: StoredRepo, token: Token | null): boolean {
  if (!repo.private) return true;
  return !!token && token.scopes.includes('read-repos') && belongsTo(token.account, repo.id);
}

/**
 * A repo whose facts may be seen. A private one and a missing one are told apart for nobody: 404
 * `RepoNotFound` with a token, 401 without (https://huggingface.co/docs/huggingface_hub/package_reference/utilities, RepositoryNotFoundError).
 */
export function visibleRepo(
  state: HubState,
  ask: Ask,
  type: StoredRepo['type'],
  id: string,
): StoredRepo {
  const token = tokenOf(state, ask);
  const repo = state.repos.get(keyOf(type, id));
  if (repo && isVisible(repo, token)) return repo;
  throw refuse(token ? 404 : 401, 'Repository not found', 'RepoNotFound');
}

/**
 * A repo whose files may be read. Everyone sees the facts of a gated repo; its files go to those whom the owner
 * let in (https://huggingface.co/docs/hub/models-gated): 401 `GatedRepo` without a token, 403 with one.
 */
export function readableRepo(
  state: HubState,
  ask: Ask,
  type: StoredRepo['type'],
  id: string,
): StoredRepo {
  const repo = visibleRepo(state, ask, type, id);
  if (!repo.given.gated) return repo;
  const token = tokenOf(state, ask);
  if (!token) {
    const message = `Access to model ${id} is restricted. You must have access to it and be authenticated to access it. Please log in.`;
    throw refuse(401, message, 'GatedRepo');
  }
  const { account, scopes } = token;
  const isIn = account.accepted.includes(id) || belongsTo(account, id);
  if (isIn && scopes.includes('gated-repos')) return repo;
  const message = `Access to model ${id} is restricted and you are not in the authorized list. Visit ${state.addresses.hub}/${id} to ask for access.`;
  throw refuse(403, message, 'GatedRepo');
}

/** A repo that may be changed; 403 when the token has not the right. */
export function writableRepo(
  state: HubState,
  ask: Ask,
  type: StoredRepo['type'],
  id: string,
): StoredRepo {
  const token = neededToken(state, ask);
  const repo = visibleRepo(state, ask, type, id);
  checkRight(token, id, ['write-repos', 'contribute-repos']);
  return repo;
}

export function checkRight(token: Token, id: string, oneOf: readonly string[]): void {
  const has = oneOf.some((scope) => token.scopes.includes(scope));
  if (has && belongsTo(token.account, id)) return;
  throw refuse(403, `You don't have the required permissions to write to ${id}.`);
}

export function neededCommit(repo: StoredRepo, revision: string): Commit {
  const commit = commitAt(repo, revision);
  if (commit) return commit;
  throw refuse(404, `Invalid rev id: ${revision}`, 'RevisionNotFound');
}
