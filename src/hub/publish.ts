import { createRepo, deleteRepo } from '@huggingface/hub';
import { type HubConnection, type HubFetchOptions, hubFetch } from './connection.ts';
import { HubError } from './errors.ts';
import { push } from './push.ts';
import { verifyPush } from './verify-push.ts';

export type PublishFile = {
  /** In the repo. */
  readonly path: string;
  /** A native file (OPFS or picked). */
  readonly file: File;
  /** Of the content, as the run that wrote it found. */
  readonly sha256: string;
};

export type Publication = {
  /** `owner/name`. */
  readonly repo: string;
  /** Makes the repo first; one of that name must not exist. */
  readonly create: boolean;
  readonly visibility: 'public' | 'private';
  /** The Hub's id of a licence. */
  readonly license: string | null;
  readonly files: readonly PublishFile[];
  /** Commit message. */
  readonly title: string;
  readonly description: string;
};

export type PublishProgress =
  | {
      readonly kind: 'phase';
      readonly phase: 'creating' | 'preparing' | 'uploading' | 'committing' | 'verifying';
    }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly state: 'hashing' | 'uploading' | 'error';
      /** 0 to 1. */
      readonly part: number;
    }
  /** An empty repo that was made here and could not be removed again. */
  | { readonly kind: 'left-behind'; readonly url: string };

export type Published = {
  readonly commit: string;
  /** Page of the model. */
  readonly url: string;
  readonly verified: boolean;
  /** What the verification found. */
  readonly problems: readonly string[];
};

/**
 * Pushes files to a repo and compares the pushed commit with what is here. For a dedicated worker. When the
 * push fails or is aborted, a repo it made is removed again. Local files stay in any case. Rejects with
 * `HubError`.
 */
export async function publish(
  connection: HubConnection,
  publication: Publication,
  options: HubFetchOptions & { readonly onProgress?: (progress: PublishProgress) => void } = {},
): Promise<Published> {
  const { onProgress = () => {}, signal } = options;
  const { repo, files } = publication;
  for (const { path, file } of files) {
    // Blobs that make their bytes as they are read arrive empty, with no error.
    if (Object.getPrototypeOf(file) !== File.prototype) throw new TypeError(`${path} is no file`);
  }
  const url = `${connection.hubUrl}/${repo}`;
  signal?.throwIfAborted();
  if (publication.create) {
    onProgress({ kind: 'phase', phase: 'creating' });
    await make(connection, publication, options);
  }
  const pushed = await push(connection, publication, onProgress, options).catch(
    async (error: unknown) => {
      if (!publication.create || (await remove(connection, repo))) throw error;
      onProgress({ kind: 'left-behind', url });
      throw error instanceof HubError ? withLeftover(error, url) : error;
    },
  );
  onProgress({ kind: 'phase', phase: 'verifying' });
  const place = { repo, revision: pushed.commit };
  const problems = await verifyPush(connection, place, files, options);
  return { commit: pushed.commit, url, verified: problems.length === 0, problems };
}

async function make(
  connection: HubConnection,
  { repo, visibility, license }: Publication,
  options: HubFetchOptions,
): Promise<void> {
  await createRepo({
    repo,
    visibility,
    hubUrl: connection.hubUrl,
    accessToken: connection.token ?? '',
    fetch: hubFetch(connection, options),
    ...(license === null ? {} : { license }),
  });
}

/** Whether it is gone. Goes on after an abort: it cleans up. */
async function remove(connection: HubConnection, repo: string): Promise<boolean> {
  const { hubUrl, token } = connection;
  const fetch = hubFetch(connection, { retries: 1 });
  try {
    await deleteRepo({ repo, hubUrl, accessToken: token ?? '', fetch });
    return true;
  } catch {
    return false;
  }
}

function withLeftover({ tag, context, cause }: HubError, url: string): HubError {
  const advice = `${context.advice} The new repo is still there and empty: push to it again, or delete it in its settings.`;
  return new HubError(tag, { ...context, advice, link: `${url}/settings` }, cause);
}
