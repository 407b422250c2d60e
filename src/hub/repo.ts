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
export type HubRepo = {
  readonly id: string;
  readonly commit: string;
  /** What was asked for; null for the newest. */
  readonly revision: string | null;
  readonly model: HubModel;
  readonly files: readonly RepoFile[];
};

/**
 * Resolves the revision to a commit and lists what is there, in one request: the model info with
 * `blobs=true` holds size and sha256 of every file. Where it does not, the file tree of that commit is asked
 * for. Rejects with `HubError`.
 */
export async function openRepo(
  connection: HubConnection,
  { repo, revision }: { readonly repo: string; readonly revision: string | null },
  options: HubFetchOptions = {},
): Promise<HubRepo> {
  const at = encodeURIComponent(revision ?? 'HEAD');
  const path = `/api/models/${repo}/revision/${at}?blobs=true`;
  const { body } = await hubJson(connection, path, options);
  const model = asHubModel(body);
  const commit = text(asFields(body)['sha']);
  if (model === null || commit === null) {
    const advice = 'Try again later, or open the model from a folder.';
    throw new HubError('server', { file: repo, found: 'no commit in the reply', advice });
  }
  const siblings = list(asFields(body)['siblings']).map(asFile);
  const files = siblings.every((file) => file !== null)
    ? siblings
    : await readTree(connection, model.id, commit, options);
  return { id: model.id, commit, revision, model, files };
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
