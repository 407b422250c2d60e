import { neededCommit, visibleRepo } from './access.ts';
import { asContent, type Content, gitOidOf, lfsPointer, sha256Of } from './content.ts';
import { type Ask, json, page, type Reply, type Route, readJson, refuse } from './exchange.ts';
import { typeOf } from './models.ts';
import { apiRepo, revision } from './paths.ts';
import { type Commit, type StoredRepo, storageOf } from './repo.ts';
import type { HubState } from './state.ts';
import { xetHashOf } from './xet.ts';

type Entry = { readonly type: 'file' | 'directory'; readonly path: string };

/** What is in a repo: https://huggingface.co/docs/hub/api and `list_repo_tree` of huggingface_hub. */
export function treeRoutes(state: HubState): readonly Route[] {
  return [
    {
      origin: 'hub',
      method: 'GET',
      path: new RegExp(`${apiRepo}/tree/${revision}(?:/(?<folder>.+))?$`),
      handle: (ask, groups) => tree(state, ask, groups),
    },
    {
      origin: 'hub',
      method: 'POST',
      path: new RegExp(`${apiRepo}/paths-info/${revision}$`),
      handle: (ask, groups) => pathsInfo(state, ask, groups),
    },
  ];
}

function tree(state: HubState, ask: Ask, groups: Readonly<Record<string, string>>): Reply {
  const repo = visibleRepo(state, ask, typeOf(groups['kind']), groups['id']);
  const commit = neededCommit(repo, groups['rev']);
  const query = ask.url.searchParams;
  const prefix = groups['folder'] ? `${groups['folder'].replace(/\/$/, '')}/` : '';
  const inside = entriesOf(commit).filter(({ path }) => path.startsWith(prefix));
  if (inside.length === 0 && prefix !== '') {
    throw refuse(404, `${groups['folder']} does not exist on "${groups['rev']}"`, 'EntryNotFound');
  }
  const isRecursive = query.get('recursive') === 'true';
  const listed = inside.filter(
    ({ path }) => isRecursive || !path.slice(prefix.length).includes('/'),
  );
  const limit = Math.min(
    Number(query.get('limit') ?? state.limits.treePage),
    state.limits.treePage,
  );
  const isExpanded = query.get('expand') === 'true';
  return page(
    ask,
    listed.map((entry) => described(repo, commit, entry, isExpanded)),
    limit,
  );
}

async function pathsInfo(
  state: HubState,
  ask: Ask,
  groups: Readonly<Record<string, string>>,
): Promise<Reply> {
  const repo = visibleRepo(state, ask, typeOf(groups['kind']), groups['id']);
  const commit = neededCommit(repo, groups['rev']);
  const { paths, expand } = await readJson(ask);
  const wanted = Array.isArray(paths) ? paths : [paths];
  const found = entriesOf(commit).filter(({ path }) => wanted.includes(path));
  return json(found.map((entry) => described(repo, commit, entry, expand === true)));
}

/** Files and the folders they are in, by path. */
function entriesOf({ files }: Commit): readonly Entry[] {
  const paths = [...files.keys()];
  const folders = paths.flatMap((path) =>
    path
      .split('/')
      .slice(0, -1)
      .map((_, depth, parts) => parts.slice(0, depth + 1).join('/')),
  );
  return [
    ...[...new Set(folders)].map((path) => ({ type: 'directory', path }) as const),
    ...paths.map((path) => ({ type: 'file', path }) as const),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function described(repo: StoredRepo, commit: Commit, entry: Entry, isExpanded: boolean): unknown {
  const { type, path } = entry;
  const { oid: id, title, date } = commit;
  const last = isExpanded ? { lastCommit: { id, title, date } } : {};
  const content = commit.files.get(path);
  if (type === 'directory' || !content) {
    return {
      type,
      oid: gitOidOf(asContent(new TextEncoder().encode(path))),
      size: 0,
      path,
      ...last,
    };
  }
  return { type, ...blobOf(repo, path, content), path, ...last };
}

function blobOf(repo: StoredRepo, path: string, content: Content) {
  const { size } = content;
  const storage = storageOf(repo, path, content);
  if (storage === 'git') return { oid: gitOidOf(content), size };
  const pointer = lfsPointer(content);
  const lfs = { oid: sha256Of(content), size, pointerSize: pointer.size };
  const xet = storage === 'xet' ? { xetHash: xetHashOf(content) } : {};
  return { oid: gitOidOf(pointer), size, lfs, ...xet };
}
