import { listFiles } from '@huggingface/hub';
import { type HubConnection, type HubFetchOptions, hubFetch, hubJson } from './connection.ts';
import { HubError } from './errors.ts';
import { asFields, asHubModel, type HubModel, list, text } from './model.ts';

export type RepoFile = {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Of the content, where the Hub stores the file apart from git (LFS or Xet). */
  readonly sha256: string | null;
  /** Of the git blob: the content, or the pointer to it. */
  readonly oid: string;
};

/** A repo at one commit. */
type RepoAt = {
  readonly id: string;
  readonly commit: string;
  /** What was asked for; null for the newest. */
  readonly revision: string | null;
  readonly files: readonly RepoFile[];
};

export type HubRepo = RepoAt & { readonly model: HubModel };

/** A data set; its id is `owner/name`. */
export type HubDataset = RepoAt;

type Wanted = { readonly repo: string; readonly revision: string | null };

/**
 * Resolves the revision to a commit and lists what is there, in one request: the model info with
 * `blobs=true` holds size and sha256 of every file. Where it does not, the file tree of that commit is asked
 * for. Rejects with `HubError`.
 */
export async function openRepo(
  connection: HubConnection,
  wanted: Wanted,
  options: HubFetchOptions = {},
): Promise<HubRepo> {
  const { body, ...at } = await openAt(connection, 'models', wanted, options);
  const model = asHubModel(body);
  if (model === null) throw noCommit(wanted.repo);
  return { ...at, model };
}

/** The same of a data set. */
export async function openDataset(
  connection: HubConnection,
  wanted: Wanted,
  options: HubFetchOptions = {},
): Promise<HubDataset> {
  const { body: _, ...at } = await openAt(connection, 'datasets', wanted, options);
  return at;
}

async function openAt(
  connection: HubConnection,
  kind: 'models' | 'datasets',
  { repo, revision }: Wanted,
  options: HubFetchOptions,
): Promise<RepoAt & { readonly body: unknown }> {
  const at = encodeURIComponent(revision ?? 'HEAD');
  const { body } = await hubJson(
    connection,
    `/api/${kind}/${repo}/revision/${at}?blobs=true`,
    options,
  );
  const fields = asFields(body);
  const [id, commit] = [text(fields['id']) ?? text(fields['modelId']), text(fields['sha'])];
  if (id === null || commit === null) throw noCommit(repo);
  const siblings = list(fields['siblings']).map(asFile);
  const name = kind === 'models' ? id : `datasets/${id}`;
  const files = siblings.every((file) => file !== null)
    ? siblings
    : await readTree(connection, name, commit, options);
  return { id, commit, revision, files, body };
}

function noCommit(repo: string): HubError {
  const advice = 'Try again later, or open it from a folder.';
  return new HubError('server', { file: repo, found: 'no commit in the reply', advice });
}

function asFile(sibling: unknown): RepoFile | null {
  const fields = asFields(sibling);
  const [path, oid, size] = [text(fields['rfilename']), text(fields['blobId']), fields['size']];
  if (path === null || oid === null || typeof size !== 'number') return null;
  const sha256 = text(asFields(fields['lfs'])['sha256']);
  return { path, size, sha256, oid };
}

async function readTree(
  connection: HubConnection,
  repo: string,
  commit: string,
  options: HubFetchOptions,
): Promise<readonly RepoFile[]> {
  const files: RepoFile[] = [];
  const entries = listFiles({
    repo,
    revision: commit,
    recursive: true,
    hubUrl: connection.hubUrl,
    fetch: hubFetch(connection, options),
  });
  for await (const { type, path, size, oid, lfs } of entries) {
    if (type === 'file') files.push({ path, size, sha256: lfs?.oid ?? null, oid: oid ?? '' });
  }
  return files;
}
