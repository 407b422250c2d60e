import { neededCommit, readableRepo } from './access.ts';
import { type Content, gitOidOf, lfsPointer, sha256Of } from './content.ts';
import {
  type Ask,
  type Headers,
  type Reply,
  type Route,
  ranged,
  refuse,
  reply,
} from './exchange.ts';
import { typeOf } from './models.ts';
import { revision, webRepo } from './paths.ts';
import { type StoredRepo, storageOf } from './repo.ts';
import { checkSigned, signedUrl } from './signed.ts';
import type { HubState } from './state.ts';
import { isXetAsked, xetFileInfo, xetHeaders } from './xet.ts';

/**
 * The bytes of a file (https://huggingface.co/docs/hub/models-downloading). What git holds comes from the Hub
 * itself; large files are elsewhere, and the Hub redirects to a signed address of their storage.
 */
export function resolveRoutes(state: HubState): readonly Route[] {
  const where = `/${revision}/(?<path>.+)$`;
  return [
    {
      origin: 'hub',
      method: 'GET',
      path: new RegExp(`${webRepo}/resolve${where}`),
      handle: (ask, groups) => resolve(state, ask, groups),
    },
    {
      origin: 'hub',
      method: 'GET',
      path: new RegExp(`${webRepo}/raw${where}`),
      handle: (ask, groups) => {
        const { content, storage, headers } = find(state, ask, groups);
        return ranged(ask, storage === 'git' ? content : lfsPointer(content), headers);
      },
    },
    {
      origin: 'cdn',
      method: 'GET',
      path: /^\/objects\/(?<key>.+)\/(?<oid>[0-9a-f]{40})\/(?<path>.+)$/,
      handle: (ask, groups) => stored(state, ask, groups),
    },
  ];
}

function resolve(state: HubState, ask: Ask, groups: Headers): Reply {
  const { repo, commit, path, content, storage, headers } = find(state, ask, groups);
  if (storage === 'git') return ranged(ask, content, headers);
  const linked = {
    ...headers,
    'x-linked-size': String(content.size),
    'x-linked-etag': `"${sha256Of(content)}"`,
    ...(storage === 'xet' ? xetHeaders(state, repo, commit.oid, content) : {}),
  };
  if (storage === 'xet' && isXetAsked(ask)) return xetFileInfo(content, linked);
  const key = repo.type === 'dataset' ? `datasets/${repo.id}` : repo.id;
  const object = `/objects/${key}/${commit.oid}/${path.split('/').map(encodeURIComponent).join('/')}`;
  return reply(302, { ...linked, location: signedUrl(state, 'cdn', object) });
}

/** A file of a repo the asker may read, at one revision. */
function find(state: HubState, ask: Ask, { kind = '', id, rev, path }: Headers) {
  const repo = readableRepo(state, ask, typeOf(kind), id);
  const commit = neededCommit(repo, rev);
  const content = commit.files.get(path);
  if (!content) throw refuse(404, `Entry not found`, 'EntryNotFound');
  const storage = storageOf(repo, path, content);
  const etag = gitOidOf(storage === 'git' ? content : lfsPointer(content));
  const headers = { 'x-repo-commit': commit.oid, etag: `"${etag}"` };
  return { repo, commit, path, content, storage, headers };
}

/** The storage knows no accounts: its signed address is all it asks for. */
function stored(state: HubState, ask: Ask, { key, oid, path }: Headers): Reply {
  checkSigned(state, ask);
  const repo: StoredRepo | undefined = state.repos.get(key);
  const content: Content | undefined = repo?.commits.get(oid)?.files.get(path);
  if (!content) throw refuse(404, 'NoSuchKey');
  return ranged(ask, content, { etag: `"${sha256Of(content)}"` });
}
