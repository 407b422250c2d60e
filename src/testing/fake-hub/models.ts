import { createHash } from 'node:crypto';
import { isVisible, neededCommit, tokenOf, visibleRepo } from './access.ts';
import { gitOidOf, lfsPointer, sha256Of } from './content.ts';
import { type Ask, json, page, type Reply, type Route, refuse } from './exchange.ts';
import { factsOf } from './facts.ts';
import { apiRepo, revision } from './paths.ts';
import { type Commit, type StoredRepo, storageOf } from './repo.ts';
import type { HubState } from './state.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Model search and model info: https://huggingface.co/docs/hub/api. Datasets answer in the same way. */
export function modelRoutes(state: HubState): readonly Route[] {
  const info = (ask: Ask, groups: Readonly<Record<string, string>>) =>
    repoInfo(state, ask, groups['kind'], groups['id'], groups['rev'] ?? 'HEAD');
  return [
    {
      origin: 'hub',
      method: 'GET',
      path: /^\/api\/(?<kind>models|datasets)$/,
      handle: (ask, { kind }) => listRepos(state, ask, typeOf(kind)),
    },
    { origin: 'hub', method: 'GET', path: new RegExp(`${apiRepo}$`), handle: info },
    {
      origin: 'hub',
      method: 'GET',
      path: new RegExp(`${apiRepo}/revision/${revision}$`),
      handle: info,
    },
  ];
}

export function typeOf(kind: string): StoredRepo['type'] {
  return kind === 'datasets' ? 'dataset' : 'model';
}

/** The largest page of a listing. */
const pageLimit = 500;

function listRepos(state: HubState, ask: Ask, type: StoredRepo['type']): Reply {
  const query = ask.url.searchParams;
  const token = tokenOf(state, ask);
  const found = [...state.repos.values()]
    .filter((repo) => repo.type === type && isVisible(repo, token))
    .map((repo) => ({ repo, fields: allFields(repo, neededCommit(repo, 'HEAD')) }))
    .filter(({ fields }) => matches(fields, query))
    .sort(inOrder(query.get('sort') ?? 'trendingScore', query.get('direction') === '1'));
  const limit = Math.min(Number(query.get('limit') ?? pageLimit), pageLimit);
  return page(
    ask,
    found.map(({ fields }) => shown(fields, query, query.get('full') === 'true')),
    limit,
  );
}

function matches(fields: Fields, query: URLSearchParams): boolean {
  const id = String(fields['id']).toLowerCase();
  const tags = fields['tags'] as readonly string[];
  const words = (query.get('search') ?? '').toLowerCase().split(/\s+/);
  const wanted = query.getAll('filter').flatMap((each) => each.split(','));
  const author = query.get('author')?.toLowerCase();
  const task = query.get('pipeline_tag');
  const gated = query.get('gated');
  return (
    words.every((word) => id.includes(word)) &&
    wanted.every((tag) => tags.includes(tag)) &&
    (!author || id.split('/')[0] === author) &&
    (!task || fields['pipeline_tag'] === task) &&
    (gated === null || String(Boolean(fields['gated'])) === gated)
  );
}

const sortable: Readonly<Record<string, (fields: Fields) => string | number>> = {
  createdAt: (fields) => String(fields['createdAt']),
  lastModified: (fields) => String(fields['lastModified']),
  downloads: (fields) => Number(fields['downloads']),
  likes: (fields) => Number(fields['likes']),
  likes30d: (fields) => Number(fields['likes']),
  trendingScore: (fields) => Number(fields['likes']),
  id: (fields) => String(fields['id']),
  num_parameters: (fields) => (fields['safetensors'] as { total?: number } | undefined)?.total ?? 0,
};

/** Descending, except by id; `direction=1` turns it round. */
function inOrder(sort: string, upwards: boolean) {
  const key = sortable[sort];
  if (!key) throw refuse(400, `"sort" must be one of ${Object.keys(sortable).join(', ')}`);
  const sign = upwards || sort === 'id' ? 1 : -1;
  return (a: { readonly fields: Fields }, b: { readonly fields: Fields }) => {
    const [left, right] = [key(a.fields), key(b.fields)];
    return left === right ? 0 : sign * (left < right ? -1 : 1);
  };
}

function repoInfo(state: HubState, ask: Ask, kind: string, id: string, revision: string): Reply {
  const repo = visibleRepo(state, ask, typeOf(kind), id);
  const commit = neededCommit(repo, revision);
  const query = ask.url.searchParams;
  const fields = allFields(repo, commit);
  const siblings = query.get('blobs') === 'true' ? blobs(repo, commit) : fields['siblings'];
  return json(shown({ ...fields, siblings }, query, true), { 'x-repo-commit': commit.oid });
}

/** What a listing shows unless it is asked for more. */
const brief = [
  '_id',
  'id',
  'modelId',
  'likes',
  'private',
  'downloads',
  'tags',
  'pipeline_tag',
  'library_name',
  'createdAt',
];

/** With `expand`, the ids and what was asked for; a name the Hub does not know is an error. */
function shown(fields: Fields, query: URLSearchParams, full: boolean): Fields {
  const expand = query.getAll('expand').concat(query.getAll('expand[]'));
  const unknown = expand.find((key) => !expandable.has(key));
  if (unknown) throw refuse(400, `"expand" does not know ${unknown}`);
  if (expand.length === 0 && full) return fields;
  const keys = expand.length === 0 ? brief : ['_id', 'id', ...expand];
  return Object.fromEntries(keys.filter((key) => key in fields).map((key) => [key, fields[key]]));
}

/** https://huggingface.co/docs/huggingface_hub/package_reference/hf_api, `ExpandModelProperty_T`. */
const expandable = new Set(
  `author baseModels cardData childrenModelCount config createdAt disabled downloads downloadsAllTime
  evalResults gated gguf gitalyUid inference inferenceProviderMapping lastModified library_name likes
  mask_token model-index pipeline_tag private resourceGroup safetensors sha siblings spaces tags
  transformersInfo trendingScore usedStorage widgetData xetEnabled`.split(/\s+/),
);

function allFields(repo: StoredRepo, commit: Commit): Fields {
  const { id, given } = repo;
  const sizes = [...commit.files.values()].map(({ size }) => size);
  return {
    _id: createHash('sha256').update(id).digest('hex').slice(0, 24),
    id,
    modelId: id,
    author: id.split('/')[0],
    sha: commit.oid,
    lastModified: commit.date,
    createdAt: given.createdAt ?? commit.date,
    private: repo.private,
    gated: given.gated ?? false,
    disabled: false,
    downloads: given.downloads ?? 0,
    downloadsAllTime: given.downloads ?? 0,
    likes: given.likes ?? 0,
    trendingScore: given.likes ?? 0,
    usedStorage: sizes.reduce((a, b) => a + b, 0),
    spaces: [],
    siblings: [...commit.files.keys()].sort().map((rfilename) => ({ rfilename })),
    ...factsOf(repo, commit),
  };
}

/** With `blobs=true`: size and git id, and the sha256 of what git does not hold itself. */
function blobs(repo: StoredRepo, commit: Commit): readonly Fields[] {
  return [...commit.files].sort().map(([rfilename, content]) => {
    const { size } = content;
    if (storageOf(repo, rfilename, content) === 'git') {
      return { rfilename, blobId: gitOidOf(content), size };
    }
    const pointer = lfsPointer(content);
    const lfs = { sha256: sha256Of(content), size, pointerSize: pointer.size };
    return { rfilename, blobId: gitOidOf(pointer), size, lfs };
  });
}
